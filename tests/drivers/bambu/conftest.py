"""Simulated printers, started; their broker is a real mosquitto."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from medialab_agent.drivers.bambu.simulator import BambuSimulator

MakePrinter = Callable[..., Awaitable[BambuSimulator]]
_numbers = itertools.count(20)


@pytest.fixture
async def make_printer() -> AsyncIterator[MakePrinter]:
    made: list[BambuSimulator] = []

    async def make(serial: str = "01P00A000000020", **more: Any) -> BambuSimulator:
        more.setdefault("address", f"127.44.1.{next(_numbers)}")
        printer = BambuSimulator(serial, tick_s=0.05, notify_s=0.1, **more)
        made.append(printer)
        await printer.start()
        return printer

    yield make
    for printer in made:
        await printer.stop()
        printer.clear_away()


@pytest.fixture
async def printer(make_printer: MakePrinter) -> BambuSimulator:
    return await make_printer()
