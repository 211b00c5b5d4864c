"""What a printer says is hostile until it fits."""

import asyncio
import ftplib
import io
import json
from contextlib import suppress
from typing import Any

import pytest

from medialab_agent.drivers.bambu.address import Place
from medialab_agent.drivers.bambu.ftps import ANSWER_S, Card, Entry, with_card
from medialab_agent.drivers.bambu.simulator import BambuSimulator
from medialab_agent.drivers.bambu.state import Merged
from medialab_agent.drivers.bambu.traces import look
from medialab_agent.drivers.bambu.trust import context_for
from medialab_agent.sdk.trouble import Unreachable
from tests.drivers.bambu.session import driver_for


def place_of(printer: BambuSimulator) -> Place:
    return Place(printer.address, printer.mqtt_port, printer.ftps_port, printer.serial)


@pytest.mark.parametrize(
    "report",
    [
        {"nozzle_temper": "hot"}, {"gcode_state": ["RUNNING"]}, {"lights_report": 7}, {"spd_lvl": {}}, {"hms": "x"},
    ],
)  # fmt: skip
def test_a_report_that_does_not_fit_changes_nothing(report: dict[str, Any]) -> None:
    merged = Merged()
    good = merged.take({"gcode_state": "IDLE", "nozzle_temper": 25.0})
    merged.take(report)
    assert merged.take({}) == good


async def test_rubbish_between_reports_is_passed_over(printer: BambuSimulator) -> None:
    driver = driver_for(printer.sighting(), **printer.settings)
    await driver.report()
    topic = f"device/{printer.serial}/report"
    session = printer._session
    assert session is not None
    for payload in (b"", b"\x00\xff", b"[1]", b"7", b'{"print":7}', b"[" * 5000, b'{"print":{"command":[]}}'):
        session.publish(topic, payload)
    session.publish(topic, json.dumps({"print": {"command": "push_status", "gcode_state": "PAUSE"}}).encode())
    async with asyncio.timeout(10):
        while (await driver.report()).facts["state"] != "paused":
            await asyncio.sleep(0.02)
    await driver.close()


@pytest.mark.parametrize("name", ["/evil\nname", "/tab\tname"])
async def test_names_that_would_break_a_command_are_refused(printer: BambuSimulator, name: str) -> None:
    printer.storage.files[name] = b"x"
    context = context_for(printer.serial, ca=str(printer.ca))
    with pytest.raises(Unreachable):
        await with_card(place_of(printer), printer.code, context, look)


async def test_spaces_at_the_edges_belong_to_a_name(printer: BambuSimulator) -> None:
    """A reset that takes " a.3mf" for "a.3mf" would delete the one that stays."""
    names = {"/a.3mf", "/ a.3mf", "/  a.3mf", "/b.3mf "}
    printer.storage.files |= dict.fromkeys(names, b"x")

    def clear(card: Card) -> set[str]:
        found = {entry.path: entry for entry in card.inside("/")}
        assert card.delete(found["/ a.3mf"])
        return names & found.keys()

    context = context_for(printer.serial, ca=str(printer.ca))
    assert await with_card(place_of(printer), printer.code, context, clear) == names
    assert names - printer.storage.files.keys() == {"/ a.3mf"}


@pytest.mark.parametrize(("free", "refusal", "stored"), [(10**6, 0, True), (1, 0, False), (0, 553, None)])
async def test_the_patience_for_writing_ends_with_it(
    printer: BambuSimulator, free: int, refusal: int, stored: bool | None
) -> None:
    printer.storage.free, printer.storage.refusal = free, refusal

    def work(card: Card) -> tuple[bool | None, float | None]:
        is_stored = None
        with suppress(ftplib.error_perm):
            is_stored = card.store("/a.3mf", io.BytesIO(b"G28\n"), lambda _sent: None)
        return is_stored, card._ftp.sock.gettimeout()

    context = context_for(printer.serial, ca=str(printer.ca))
    assert await with_card(place_of(printer), printer.code, context, work) == (stored, ANSWER_S)


async def test_a_list_without_end_is_not_read_to_its_end(
    printer: BambuSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medialab_agent.drivers.bambu.ftps.MOST_ENTRIES", 20)
    printer.storage.files |= {f"/f{number}.3mf": b"x" for number in range(50)}
    with pytest.raises(Unreachable):
        await with_card(place_of(printer), printer.code, context_for(printer.serial, ca=str(printer.ca)), look)


async def test_a_transfer_uses_the_session_of_its_control_line(printer: BambuSimulator) -> None:
    """The simulated printer refuses others, as real ones do."""

    def several(card: Card) -> list[Entry]:
        return [*card.inside("/"), *card.inside("/timelapse"), *card.inside("/no such folder")]

    found = await with_card(place_of(printer), printer.code, context_for(printer.serial, ca=str(printer.ca)), several)
    assert {entry.path for entry in found} >= {"/cache", "/timelapse/thumbnail", "/schluesselanhaenger.gcode.3mf"}
