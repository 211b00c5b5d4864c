"""An Ozobot is known from what it advertises; what its firmware does not say is doubted."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.drivers.ozobot import packets as p
from medialab_agent.drivers.ozobot.advert import Told, data_of, told, told_in_hex
from medialab_agent.drivers.ozobot.simulator import OzobotSimulator
from medialab_agent.runtime.matcher import candidates
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.sdk.peripheral import Peripheral, Service
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import CheckResult, Outcome
from medialab_wire.reports import Identity, IdentityKind

EXAMPLE = bytes.fromhex("00" + "00112233445566778899aabbccddeeff" + "0000000000" + "00" + "8304" + "1100")


def test_the_makers_layout() -> None:
    assert told(EXAMPLE) == Told("00112233445566778899AABBCCDDEEFF", 0, "3.4.17")
    assert told(EXAMPLE[:25]) == Told("00112233445566778899AABBCCDDEEFF", 0, "3.4.0")
    assert told(EXAMPLE[:24]) is None
    assert told(b"\x01" + EXAMPLE[1:]) is None
    assert told_in_hex("no hex") is None


@given(st.binary(max_size=60))
def test_whatever_is_advertised_is_told_or_nothing(data: bytes) -> None:
    found = told(data)
    if found is not None and len(data) >= 27:
        assert told(data_of(found, data[17:22])) == found


@given(st.sampled_from(p.Id), st.binary(max_size=25))
def test_hostile_packets_are_refused(kind: p.Id, packet: bytes) -> None:
    try:
        p.answer(kind, packet)
    except p.BadPacket:
        return


@pytest.mark.parametrize(("product", "drivers"), [(0, ["ozobot"]), (4, ["ozobot"]), (5, []), (0x14, [])])
def test_only_evo_is_taken_for_evo(product: int, drivers: list[str]) -> None:
    simulator = OzobotSimulator("OzoEvo 7")
    simulator.told = replace(simulator.told, product=product)
    simulator.peripheral.advertise(simulator._advertisement())
    found = candidates(simulator.sighting(), Shelf().manifests)
    assert [one.driver for one in found] == drivers


async def test_id_and_firmware_need_no_connection(open_bench: OpenBench) -> None:
    simulator = OzobotSimulator("OzoEvo 7")
    async with open_bench("ozobot", simulator, {}) as bench:
        report = await bench.until(is_ready)
        assert Identity(kind=IdentityKind.SERIAL, value=simulator.told.id, scope="ozobot") in report.identities
        assert report.facts["firmware"] == "3.4.17"
        assert simulator.peripheral.connections == 0


async def test_an_ozobot_that_drives_on_is_told(open_bench: OpenBench) -> None:
    simulator = OzobotSimulator("OzoEvo 7", {Fault.RESIDUE})
    async with open_bench("ozobot", simulator, {}) as bench:
        await bench.until(is_ready)
        baseline = (await bench.order("record-baseline")).snapshot
        simulator.soil()
        report = await bench.order("reset", "clean", baseline=baseline)
        failed = [check.id for check in report.checks if check.result is CheckResult.FAILED]
        assert (report.outcome, failed) == (Outcome.QUARANTINED, ["still"])
        assert b"Flitzer" not in report.encode()


class OldEvo(OzobotSimulator):
    """Firmware before 3: the old service, and no memory to read."""

    def build(self) -> Peripheral:
        made = super().build()
        return Peripheral(made.address, made.advertisement, (Service(p.LEGACY_SERVICE, ()),), made.mtu)


async def test_old_firmware_is_never_called_clean(open_bench: OpenBench) -> None:
    simulator = OldEvo("OzoEvo 7")
    async with open_bench("ozobot", simulator, {}) as bench:
        await bench.until(is_ready)
        baseline = (await bench.order("record-baseline")).snapshot
        report = await bench.order("reset", "clean", baseline=baseline)
        unknown = {check.id for check in report.checks if check.result is CheckResult.UNKNOWN}
        assert (report.outcome, unknown) == (Outcome.UNVERIFIED, {"still", "settings"})
