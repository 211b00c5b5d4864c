"""The program itself, as a process: it starts, leaves when told, stays small; the practice lab fills a room."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from medialab_agent.practice_lab.scenes import simulators_of
from medialab_wire.presence import AgentPhase
from medialab_wire.reports import Access, Presence, Report
from tests.contract.link.hub import TinyHub
from tests.fixtures.brokers import RealBroker, free_port
from tests.fixtures.shipped import shipped_shelf
from tests.fixtures.waiting import until


class Program:
    """One running `medialab-agent`."""

    def __init__(self, home: Path, url: str, *arguments: str, **env: str) -> None:
        told = {"MEDIALAB_AGENT_ID": "pi-1", "MEDIALAB_MQTT_URL": url, "MEDIALAB_DATA_DIR": str(home / "data")}
        self.log = home / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "medialab_agent.cli.main", *arguments],
                env={**os.environ, **told, **env},
                stderr=log,
            )

    def leave(self, number: int) -> int:
        """Ask it to leave; its exit code. The test fails when it stays."""
        self.process.send_signal(number)
        return self.process.wait(10)


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """Whatever is still running in the end is killed."""
    started: list[Program] = []
    yield started
    for program in started:
        if program.process.poll() is None:
            program.process.kill()
            program.process.wait()


def medialab_agent(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "medialab_agent.cli.main", *arguments],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_and_leaves_politely(
    mosquitto: RealBroker, tmp_path: Path, programs: list[Program], number: int
) -> None:
    async with TinyHub(mosquitto.url, "pi-1") as hub:
        program = Program(tmp_path, mosquitto.url, "run", MEDIALAB_SOURCES="manual")
        programs.append(program)
        await until(lambda: bool(hub.states) and bool(hub.inventories), 30)
        assert hub.states[-1].phase is AgentPhase.READY
        assert {driver.id for driver in hub.inventories[-1].drivers} >= {"android-adb", "octoprint"}
        assert (tmp_path / "data" / "agent.sqlite").stat().st_mode & 0o777 == 0o600
        assert program.leave(number) == 0, program.log.read_text()
        await until(lambda: hub.states[-1].phase is AgentPhase.DISCONNECTED)


async def test_killed_it_is_lost_and_its_next_life_has_a_later_birth(
    mosquitto: RealBroker, tmp_path: Path, programs: list[Program]
) -> None:
    async with TinyHub(mosquitto.url, "pi-1") as hub:
        for _ in range(2):
            before = len(hub.states)
            programs.append(Program(tmp_path, mosquitto.url, "run", MEDIALAB_SOURCES="none"))
            await until(lambda before=before: any(s.phase is AgentPhase.READY for s in hub.states[before:]), 30)
            programs[-1].process.kill()
            await until(lambda: hub.states[-1].phase is AgentPhase.LOST)
    births = [(state.birth, state.phase) for state in hub.states if state.phase is AgentPhase.LOST]
    assert births == [(1, AgentPhase.LOST), (2, AgentPhase.LOST)]
    assert len({state.boot for state in hub.states}) == 2


async def test_it_leaves_although_no_broker_answers(tmp_path: Path, programs: list[Program]) -> None:
    program = Program(tmp_path, f"mqtt://127.0.0.1:{free_port()}", "run", MEDIALAB_SOURCES="none")
    programs.append(program)
    await until(lambda: "agent pi-1" in program.log.read_text(), 30)
    assert program.leave(signal.SIGTERM) == 0


def in_the_practice_lab() -> dict[str, int]:
    """How many simulated devices each driver of the shelf brings."""
    return {folder.id: len(simulators_of(folder)) for folder in shipped_shelf()}


def test_the_drivers_bring_a_roomful_of_devices() -> None:
    counts = in_the_practice_lab()
    assert counts["android-adb"] >= 16
    assert counts["octoprint"] >= 8
    assert all(counts.values()), f"without a device to practise on: {counts}"
    assert sum(counts.values()) <= 120, "a Raspberry Pi has to carry them"


def test_each_driver_brings_a_device_that_is_well() -> None:
    for folder in shipped_shelf():
        assert any(not simulator.faults for simulator in simulators_of(folder)), folder.id


async def test_the_practice_lab_shows_devices_of_every_driver(
    mosquitto: RealBroker, tmp_path: Path, programs: list[Program]
) -> None:
    """Where several drivers fit, a person is asked; that counts as seen, too."""
    async with TinyHub(mosquitto.url, "pi-1") as hub:
        program = Program(tmp_path, mosquitto.url, "practice")
        programs.append(program)
        ours = (Access.OK, Access.NEEDS_PERSON, Access.NONE)

        def present() -> list[Report]:
            newest = {r.dev: r for r in sorted(hub.reports, key=lambda r: (r.birth, r.seq))}
            return [r for r in newest.values() if r.presence is Presence.PRESENT and r.access in ours]

        def seen() -> set[str]:
            return {driver for report in present() for driver in (report.driver, *report.candidates) if driver}

        counts = in_the_practice_lab()
        wanted = {driver for driver, count in counts.items() if count}
        with suppress(TimeoutError):
            await until(lambda: seen() >= wanted and len(present()) >= 0.9 * sum(counts.values()), 90)
        assert wanted <= seen(), (wanted - seen(), program.log.read_text())
        assert len(present()) >= 0.9 * sum(counts.values()), sorted(report.name for report in present())
        assert "goes without" not in program.log.read_text()
        assert program.leave(signal.SIGTERM) == 0, program.log.read_text()


def test_a_wrong_setting_is_named() -> None:
    done = medialab_agent("run", MEDIALAB_MQTT_URL="http://nonsense")
    assert done.returncode == 2
    assert "MEDIALAB_MQTT_URL" in done.stderr


def test_the_shelf_is_listed() -> None:
    done = medialab_agent("drivers")
    assert done.returncode == 0, done.stdout
    assert "android-adb" in done.stdout
    assert "octoprint" in done.stdout


def test_looking_once_needs_no_hub() -> None:
    done = medialab_agent("probe", "--seconds", "0.2", MEDIALAB_SOURCES="manual")
    assert done.returncode == 0, done.stderr
    assert "manual" in {bus["source"] for bus in json.loads(done.stdout)["buses"]}


def test_a_driver_is_made_where_it_is_wanted(tmp_path: Path) -> None:
    where = ("--drivers", str(tmp_path / "drivers"), "--tests", str(tmp_path / "tests"))
    done = medialab_agent("new-driver", "Nice Robot", *where)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "drivers" / "nice_robot" / "manifest.toml").is_file()
    assert medialab_agent("new-driver", "Nice Robot", *where).returncode == 2
    assert medialab_agent("new-driver", "../up", *where).returncode == 2
