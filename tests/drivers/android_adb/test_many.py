"""Thirty devices at once; a hanging and a dying one stop nobody; two hundred in one process."""

import asyncio

from medialab_agent.drivers.android_adb.client import AdbClient
from medialab_agent.drivers.android_adb.simulator import scene
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import MODELS
from medialab_agent.drivers.android_adb.simulator_server import AdbServer
from medialab_agent.sdk.simulator import Fault
from medialab_wire.progress import Outcome
from medialab_wire.reports import IdentityKind


async def _all(bench, simulators):
    return await asyncio.gather(*(bench(simulator) for simulator in simulators))


async def test_thirty_are_inventoried_at_once(bench) -> None:
    benches = await _all(bench, [AndroidSimulator(f"SN-{at:04d}", model=MODELS[at % len(MODELS)]) for at in range(30)])
    probes = await asyncio.gather(*(made.driver.probe() for made in benches))
    serials = [i.value for probe in probes for i in probe.identities if i.kind is IdentityKind.SERIAL]
    assert sorted(serials) == [f"SN-{at:04d}" for at in range(30)]
    readings = await asyncio.gather(*(made.driver.report() for made in benches))
    assert all(reading.volatile["battery"] for reading in readings)


async def test_a_hanging_and_a_dying_device_stop_nobody(bench) -> None:
    simulators = [AndroidSimulator(f"SN-{at:04d}") for at in range(12)]
    simulators[3].faults.add(Fault.HANG)
    simulators[7].faults.add(Fault.DIE)
    benches = await _all(bench, simulators)
    for simulator in simulators:
        simulator.soil()
    runs = {at: asyncio.create_task(made.reset()) for at, made in enumerate(benches)}
    healthy = [task for at, task in runs.items() if at not in (3, 7)]
    done, waiting = await asyncio.wait(healthy, timeout=60)
    assert not waiting
    assert {task.result().outcome for task in done} == {Outcome.CLEAN}
    assert not runs[3].done()
    assert (await runs[7]).outcome is Outcome.QUARANTINED
    runs[3].cancel()
    await asyncio.gather(runs[3], return_exceptions=True)


async def test_two_hundred_simulators_listen_and_stop() -> None:
    simulators = [AndroidSimulator(f"SN-{at:04d}") for at in range(200)]
    await asyncio.gather(*(simulator.start() for simulator in simulators))
    assert len({simulator.port for simulator in simulators}) == 200
    await asyncio.gather(*(simulator.stop() for simulator in simulators))


async def test_the_practice_scene_behaves_as_announced(bench) -> None:
    simulators = [simulator for simulator in scene() if Fault.HANG not in simulator.faults and simulator.allow]
    assert len(simulators) >= 16
    benches = await _all(bench, simulators)
    for simulator in simulators:
        simulator.soil()
    runs = await asyncio.gather(*(made.reset() for made in benches))
    faulty = {Fault.REFUSE, Fault.LOCKED, Fault.RESIDUE}
    for simulator, run in zip(simulators, runs, strict=True):
        expected = Outcome.QUARANTINED if simulator.faults & faulty else Outcome.CLEAN
        assert run.outcome is expected, (simulator.serial, run.failed, run.trouble)


async def test_the_practice_server_is_alone(server: AdbServer) -> None:
    """It sees what was connected to it and nothing else, and it is not the system's server."""
    other = AdbServer()
    await other.start()
    simulator = AndroidSimulator("SN-4711")
    await other.connect([simulator])
    assert await server.client.devices() == ()
    assert server.port != 5037 and server.key.read_bytes() != other.key.read_bytes()
    assert isinstance(server.client, AdbClient)
    await simulator.stop()
    await other.stop()
