"""A quick look at a board: which chip answers, and whether its program is a known one. Reads a few kilobytes only."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from medialab_agent.drivers.arduino.device import Device, Met, contents
from medialab_agent.drivers.arduino.program_image import BLANK, Wanted, wanted
from medialab_agent.sdk.firmware import Library
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.base import Scalar

SHORTEST, LONGEST = 512, 4096
"""Bytes of flash a look reads; a reset compares all of it."""


@dataclass(frozen=True)
class Seen:
    """What the look found. `carries` is the known firmware on the board, `belongs` what a reset would put there."""

    met: Met
    is_blank: bool
    carries: Wanted | None
    belongs: Wanted | None

    @property
    def facts(self) -> dict[str, Scalar]:
        """For the report."""
        said = self.met.said
        return {"signature": said.signature, "bootloader": said.boot, "program": self._program()}

    @property
    def traces(self) -> dict[str, int]:
        """One foreign program, or none; nothing where no firmware says what belongs there."""
        if self.belongs is None:
            return {}
        is_foreign = not self.is_blank and (self.carries is None or self.carries.sha256 != self.belongs.sha256)
        return {"foreign_program": int(is_foreign)}

    def _program(self) -> str | None:
        """The known program it carries; None for a foreign one and for none at all."""
        return f"{self.carries.firmware.id} {self.carries.firmware.script.version}" if self.carries else None


async def look(device: Device, belongs: str | None) -> Seen:
    """`belongs`: the id of the firmware that belongs on this board, None for its default. Raises `DeviceTrouble`."""
    async with device.greeted() as (met, reader, _port):
        known = await asyncio.to_thread(_known, device, met)
        length = min(LONGEST, max((one.used for one in known), default=SHORTEST), met.way.application)
        flash = await contents(reader, max(SHORTEST, length))
        await reader.leave()
    carries = next((one for one in known if flash.startswith(one.flash[: min(one.used, len(flash))])), None)
    return Seen(met, flash.count(BLANK) == len(flash), carries, _belonging(known, belongs))


def _known(device: Device, met: Met) -> tuple[Wanted, ...]:
    return tuple(_fitting(device.library(), met))


def _fitting(found: Library, met: Met) -> Iterator[Wanted]:
    """Every firmware for this board whose image is sound; the others are a matter for `firmware check`."""
    for firmware in found.of(met.board.id):
        try:
            yield wanted(firmware, met.board, met.way, met.said.signature)
        except DeviceTrouble:
            continue


def _belonging(known: tuple[Wanted, ...], belongs: str | None) -> Wanted | None:
    for one in known:
        if one.firmware.id == belongs if belongs else one.firmware.script.default:
            return one
    return None
