"""Hot or not: what is not told is never called off or safe, and a heater nobody switches off is said."""

import json
from collections.abc import Callable, Iterator
from math import inf, nan

import pytest
from pydantic import BaseModel

from medialab_agent.drivers.bambu.state import State
from medialab_agent.drivers.octoprint.heat import heaters
from medialab_agent.drivers.octoprint.models import Printer
from medialab_agent.drivers.prusalink.models import Machine
from medialab_agent.sdk import heat
from medialab_agent.sdk.heat import Heater, Heaters, bed, cool_down, nozzle, temperatures
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.texts import Text

HELP = Text(de="Ausschalten.", en="Switch it off.")


@pytest.mark.parametrize(
    ("heaters", "are_off", "are_safe"),
    [
        ((), None, None),
        ((nozzle(24, 0), bed(24, 0)), True, True),
        ((nozzle(24, 0), bed(24, None)), None, True),
        ((nozzle(24, 200), bed(24, None)), False, True),
        ((nozzle(24, 0), bed(None, 0)), True, None),
        ((nozzle(49.9, 0), bed(39.9, 0)), True, True),
        ((nozzle(50, 0), bed(24, 0)), True, False),
        ((nozzle(24, 0), bed(40, 0)), True, False),
        ((nozzle(200, 0), bed(None, 0)), True, None),
        ((nozzle(nan, nan),), None, None),
        ((nozzle(-inf, 0),), True, None),
        ((nozzle(24, inf), bed(inf, 0)), None, None),
        ((nozzle(-1e30, 1e30),), None, None),
    ],
)
def test_what_is_known(heaters: tuple[Heater, ...], are_off: bool | None, are_safe: bool | None) -> None:
    found = Heaters(heaters)
    assert found.off_finding()[0] is found.are_off is are_off
    assert found.safe_finding()[0] is are_safe
    assert found.are_safe is (are_safe is True)


def test_facts_are_whole_degrees_of_what_is_told() -> None:
    assert temperatures(nozzle(201.6, 210), bed(None, 60.2)) == {
        "nozzle_c": 202,
        "nozzle_target_c": 210,
        "bed_target_c": 60,
    }
    assert temperatures(None, None) == {}
    assert temperatures(nozzle(nan, 210), bed(24, -inf)) == {"nozzle_target_c": 210, "bed_c": 24}


@pytest.mark.parametrize("bad", ["NaN", "-Infinity", "1e999", '"nan"', "1" + "0" * 400])
@pytest.mark.parametrize(
    ("report", "model", "heat"),
    [
        ('{"state": "IDLE", "temp_nozzle": @, "target_nozzle": 0, "temp_bed": 24}', Machine, lambda told: told.heat),
        ('{"nozzle_temper": @, "nozzle_target_temper": 0, "bed_temper": 24}', State, lambda told: told.heat),
        ('{"temperature": {"tool0": {"actual": @, "target": 0}, "bed": {"actual": 24}}}', Printer, heaters),
    ],
)
def test_what_is_no_number_is_not_told_and_loses_nothing_else(
    report: str, model: type[BaseModel], heat: Callable[[BaseModel], Heaters], bad: str
) -> None:
    found = heat(model.model_validate(json.loads(report.replace("@", bad))))
    assert found.safe_finding()[0] is None and not found.are_safe
    assert [heater.actual for heater in found.each] == [None, 24]


async def cooled(readings: list[Heaters], help_on: Text | None = None) -> tuple[bool, list[float]]:
    """Whether something cooled, and the progress that was told."""
    told: list[float] = []
    each: Iterator[Heaters] = iter(readings)

    async def read() -> Heaters:
        return next(each)

    done = await cool_down(read, lambda part, _words=None: told.append(part), pause_s=0.0, help_on=help_on)
    return done.changed, told


async def test_cooling_is_waited_for_and_told() -> None:
    hot, warm, cold = (Heaters((nozzle(celsius, 0),)) for celsius in (250.0, 150.0, 30.0))
    changed, told = await cooled([Heaters(()), hot, warm, cold])
    assert changed and told[0] == 0.0 and 0.4 < told[1] < 0.6
    assert await cooled([cold]) == (False, [])


async def test_a_printer_that_tells_nothing_is_not_waited_for_where_a_person_could_help() -> None:
    assert await cooled([Heaters((nozzle(None, None),))], HELP) == (False, [])


async def test_a_heater_that_never_tells_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat, "SILENT_PATIENCE_S", -1.0)
    hot, silent = Heaters((nozzle(250.0, 0),)), Heaters((nozzle(None, 0), bed(24, 0)))
    assert await cooled([silent]) == (False, [])
    assert await cooled([hot, silent]) == (True, [0.0])


async def test_a_heater_that_stays_on_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat, "HOT_PATIENCE_S", -1.0)
    with pytest.raises(NeedsPerson) as trouble:
        await cooled([Heaters((nozzle(250.0, 200.0),))], HELP)
    assert (trouble.value.trouble.code, trouble.value.trouble.remedy) == ("heater-on", HELP)
