"""What must hold with Debian's adb and with a newer one, and that no server of somebody else is ever ended."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.android_adb import wipe
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import GALAXY, QUEST, Model
from medialab_agent.drivers.android_adb.simulator_server import AdbServer
from medialab_agent.drivers.android_adb.source import AdbSource
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.progress import CheckResult, Outcome
from medialab_wire.reports import Access, Presence
from medialab_wire.sightings import BusStatus
from tests.drivers.android_adb.test_full_erase import replugged
from tests.peers.adb_newer.rig import BOTH, DEBIAN, NEWER, program, says

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("version", [DEBIAN, NEWER])
def test_the_programs_are_the_versions_they_are_said_to_be(version: str) -> None:
    assert says(program(version)).split("-")[0] == version


@BOTH
@pytest.mark.parametrize("model", [GALAXY, QUEST], ids=["tablet", "headset"])
async def test_inventoried_used_reset_and_proven(bench, model: Model) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=model))
    probe = await made.driver.probe()
    assert (probe.access, probe.kind) == (Access.OK, "headset" if model is QUEST else "tablet")
    assert "SN-4711" in {identity.value for identity in probe.identities}
    made.simulator.soil()
    assert any((await made.driver.report()).traces.values())
    run = await made.reset()
    assert (run.trouble, run.outcome, made.simulator.residue()) == ({}, Outcome.CLEAN, {})


@BOTH
async def test_a_full_erase_survives_the_restart_and_is_proven(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wipe, "POLL_S", 0.05)
    made = await bench(AndroidSimulator("SN-4711"))
    made.simulator.soil()
    async with replugged(made):
        run = await made.reset("full")
    assert {check.result for check in run.checks} == {CheckResult.PASSED}
    assert [effect.verb for effect in made.simulator.log].count("wipe") == 1


@BOTH
async def test_unplugged_it_is_silent_and_never_clean(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    made.simulator.soil()
    await made.simulator.stop()
    run = await made.reset()
    assert run.trouble and {check.result for check in run.checks} == {CheckResult.UNKNOWN}
    with contextlib.suppress(DeviceTrouble):
        assert (await made.driver.report()).presence is Presence.SILENT


@BOTH
@pytest.mark.parametrize("other", [DEBIAN, NEWER])
async def test_either_program_may_use_the_server_of_the_other(server: AdbServer, other: str) -> None:
    simulator = AndroidSimulator("SN-4711")
    await server.connect([simulator])
    call = (program(other), "-P", str(server.port), "-s", simulator.address, "shell", "getprop ro.serialno; exit 7")
    done = await asyncio.to_thread(subprocess.run, call, env=server.environment, capture_output=True, timeout=30)
    assert (done.returncode, done.stdout) == (7, b"SN-4711\n")
    assert [device.state for device in await server.client.devices()] == ["device"], "the same server, still"
    await simulator.stop()


class Stranger:
    """Somebody else's adb server on the port: another version (AOSP adb.h: 41 is ours), or one that hangs."""

    def __init__(self, *, hangs: bool) -> None:
        self.asked: list[str] = []
        self._hangs = hangs

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            asked = (await reader.readexactly(int(await reader.readexactly(4), 16))).decode()
            self.asked.append(asked)
            if self._hangs or asked.startswith("host:track"):
                await reader.read()
            writer.write(b"OKAY" + (b"00040020" if asked == "host:version" else b"0000"))
        writer.close()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[dict[str, str]]:
        """The settings that lead to it; starting a server is allowed."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        yield {"adb_port": str(server.sockets[0].getsockname()[1])}
        server.close()


@pytest.mark.parametrize("hangs", [False, True], ids=["another-version", "hangs"])
async def test_a_server_of_somebody_else_is_never_ended(hangs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medialab_agent.drivers.android_adb.client.CONNECT_S", 0.2)
    stranger = Stranger(hangs=hangs)
    async with stranger.listening() as settings:
        source = AdbSource(settings)
        task = asyncio.create_task(source.run(lambda _: None))
        async with asyncio.timeout(15):
            while stranger.asked.count("host:devices-l") < 3 and not (
                source.fact().status is BusStatus.LISTENING and not hangs
            ):
                await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert source.fact().status is (BusStatus.FAILED if hangs else BusStatus.LISTENING)
    assert set(stranger.asked) <= {"host:devices-l", "host:track-devices-l"}
