"""A board in the air is the same board as on the cable, and nothing is ever sent to it."""

import pytest

from medialab_agent.drivers.microbit_ble.driver import MicrobitBleDriver
from medialab_agent.drivers.microbit_ble.simulator import MicrobitBleSimulator
from medialab_agent.sdk.microbit.friendly_name import friendly_name
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_wire.progress import ExecutionStatus
from medialab_wire.reports import Access, Identity, IdentityKind, Presence
from medialab_wire.sightings import Sighting

LETTERS = friendly_name(0x12345678)


@pytest.mark.parametrize("maker", ["BBC micro:bit", "Calliope mini"])
async def test_its_letters_are_who_it_is(open_bench: OpenBench, maker: str) -> None:
    simulator = MicrobitBleSimulator(LETTERS, maker=maker)
    async with open_bench("microbit-ble", simulator, {}) as bench:
        report = await bench.until(lambda report: report.kind == "board")
        assert report.access is Access.NONE, "so that nobody waits for it to become ready"
        assert report.help is not None and "USB" in report.help.de
        assert Identity(kind=IdentityKind.ASSET, value=LETTERS, scope="microbit-name") in report.identities
        assert report.facts["model"] == maker
        await bench.unplug()
        await bench.until(lambda report: report.presence is Presence.ABSENT)
    assert simulator.peripheral.connections == 0


async def test_over_the_air_it_only_says_what_to_do(open_bench: OpenBench) -> None:
    simulator = MicrobitBleSimulator(LETTERS)
    async with open_bench("microbit-ble", simulator, {}) as bench:
        await bench.until(lambda report: report.kind == "board")
        shown = await bench.order("find-me")
        assert shown.status is ExecutionStatus.FAILED
        assert shown.trouble is not None
        assert shown.trouble.remedy is not None
        assert (await bench.order("reset")).status is ExecutionStatus.REJECTED
    assert simulator.peripheral.connections == 0


@pytest.mark.parametrize(
    "name", ["BBC micro:bit", "BBC micro:bit [aaaaa]", "BBC micro:bit [<b>ti]", "Calliope mini []"]
)
def test_without_its_letters_only_the_place_is_known(name: str) -> None:
    facts = {"address": "c0:11:22:33:44:55", "name": name}
    assert MicrobitBleDriver.key(Sighting(source="ble", key="c0:11:22:33:44:55", facts=facts)) == facts["address"]
