"""In the air: what two drivers fit is asked about, what none fits is nobody's business, and no log names it."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import medialab_agent.drivers
from medialab_agent.cli.main import _settings
from medialab_agent.cli.new_driver import DriverName, scaffold
from medialab_agent.runtime.registry import Registry
from medialab_agent.runtime.shelf import Shelf
from medialab_wire.reports import Access, Report
from medialab_wire.sightings import Sighting
from tests.unit.agent.test_turns import Forgetful

ADDRESS = "c0:11:22:33:44:55"


@pytest.fixture
async def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, Report]]:
    """What is reported of a robot that two drivers fit, and of a phone."""
    monkeypatch.setattr(medialab_agent.drivers, "__path__", [*medialab_agent.drivers.__path__, str(tmp_path)])
    for name in ("air one", "air two"):
        scaffold(DriverName.of(name), tmp_path, tmp_path / "tests")
        manifest = tmp_path / DriverName.of(name).folder / "manifest.toml"
        text = manifest.read_text().replace('source = "manual"', 'source = "ble"')
        manifest.write_text(text.replace(f'scheme = "{name.replace(" ", "-")}"', 'name = "robot*"'))
    found: dict[str, Report] = {}
    registry = Registry(
        Shelf([tmp_path]), lambda _dev: Forgetful(), lambda _driver: {}, lambda r: found.__setitem__(r.dev, r)
    )
    for name, key in (("Robot 7", ADDRESS), ("Annas Handy", "5e:11:22:33:44:55")):
        registry.see(Sighting(source="ble", key=key, facts={"address": key, "name": name}))
    yield found
    await registry.close()


async def test_a_tie_in_the_air_is_a_persons_choice(reports: dict[str, Report]) -> None:
    (tied,) = reports.values()
    assert (tied.access, tied.candidates) == (Access.NEEDS_PERSON, ("air-one", "air-two"))
    assert tied.name == "Robot 7"


def test_no_log_level_lets_the_radio_write_down_who_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIALAB_LOG_LEVEL", "debug")
    _settings()
    for talkative in ("bleak.backends.bluezdbus.manager", "dbus_fast.message_bus"):
        assert not logging.getLogger(talkative).isEnabledFor(logging.INFO)
