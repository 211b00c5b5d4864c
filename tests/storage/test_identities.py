"""Who is who, through the real tables: joins, questions, clones, merges and splits."""

import pytest

from medialab_hub.errors import Conflict, NotFound
from medialab_hub.services import agents, inventory, reports, resetting, views
from medialab_hub.services.executions import take_execution_report
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.reports import Identity, IdentityKind, Presence
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore

MAC = Identity(kind=IdentityKind.MAC, value="3C:5A:B4:00:00:01")
USB = Identity(kind=IdentityKind.PLACE, value="1-1.2", scope="usb")


def heard(core: HubCore, agent: str, dev: str, seq: int = 1, **said: object) -> str:
    taken = core.do(reports.take_report, agent, say.report(dev, seq, **said))
    assert taken is not None
    return taken.device


def detail(core: HubCore, device: str) -> dict:
    return core.read(views.device_detail, device, core.clock.now())


def test_one_tablet_over_two_ways_and_two_agents_is_one_device(core: HubCore) -> None:
    usb = heard(core, "pi", "usb", identities=(say.serial("S1"), MAC, USB))
    wifi = heard(core, "pi", "wifi", identities=(MAC,))
    other = heard(core, "cupboard", "wifi", identities=(say.serial("s1 "),))
    assert usb == wifi == other
    assert len(detail(core, usb)["connections"]) == 3
    assert len(core.index) == 1


def test_two_claims_of_two_devices_are_a_question(core: HubCore) -> None:
    first = heard(core, "pi", "a", identities=(say.serial("S1"),))
    second = heard(core, "pi", "b", identities=(MAC,))
    both = heard(core, "pi", "c", identities=(say.serial("S1"), MAC))
    assert len({first, second, both}) == 3
    assert detail(core, both)["clash"] == sorted([first, second])
    core.do(inventory.merge, first, both, "staff")
    assert detail(core, first)["clash"] == []
    assert core.index.row(both) is None
    with pytest.raises(NotFound):
        detail(core, both)


def test_clones_on_cables_stay_many_and_keep_their_own(core: HubCore) -> None:
    def clone(port: int, seq: int = 1) -> str:
        place = Identity(kind=IdentityKind.PLACE, value=f"1-{port}", scope="usb")
        return heard(core, "pi", f"usb-{port}", seq, identities=(say.serial("CLONE-7"), place), facts={"n": seq})

    devices = [clone(port) for port in range(5)]
    assert len(set(devices)) == 5
    assert [clone(port, 2) for port in range(5)] == devices


def test_a_tablet_that_moved_to_another_agent_is_the_same(core: HubCore) -> None:
    place = Identity(kind=IdentityKind.PLACE, value="1-1", scope="usb")
    device = heard(core, "pi", "t1", identities=(say.serial("S1"), place))
    heard(core, "pi", "t1", 2, identities=(say.serial("S1"), place), presence=Presence.ABSENT)
    assert heard(core, "cupboard", "t9", identities=(say.serial("S1"), place)) == device
    assert core.row(device)["agent"] == "cupboard"


def test_another_device_in_the_same_port_is_another_device(core: HubCore) -> None:
    first = core.prepare("port", identities=(say.serial("S1"),))
    job = core.do(resetting.reset, first, None, 0, "trainer")
    second = heard(core, "pi", "port", 2, identities=(say.serial("S2"),))
    assert second != first
    assert core.row(first)["presence"] == "absent"
    assert core.work().cancel == (job,), "the job must not go on at the wrong device"
    assert core.read(agents.config_for, "pi").owned == ()


def test_a_split_lasts_and_a_merge_waits_for_jobs(core: HubCore) -> None:
    device = core.prepare("usb", identities=(say.serial("S1"),))
    heard(core, "pi", "wifi", identities=(say.serial("S1"),))
    (wifi,) = [c["id"] for c in detail(core, device)["connections"] if c["dev"] == "wifi"]
    other = core.do(inventory.split, device, wifi, "staff")
    assert heard(core, "pi", "wifi", 2, identities=(say.serial("S1"),), facts={"x": 1}) == other
    assert detail(core, other)["clash"] == []
    job = core.do(resetting.reset, device, None, 0, "trainer")
    with pytest.raises(Conflict, match="job-is-open"):
        core.do(inventory.merge, other, device, "staff")
    core.do(reports_end, job)
    core.do(inventory.merge, other, device, "staff")
    row = core.row(other)
    assert (row["adopted"], row["asset_tag"], row["name"]) == (True, "ML-0001", "Tab usb")
    assert row["proven_at"] is None, "a proof of half a device is none"


def reports_end(uow: UnitOfWork, job: str) -> None:
    take_execution_report(uow, "pi", say.ended(job, "usb"))


def test_vanished_connections_are_absent_and_come_back(core: HubCore) -> None:
    device = core.find("t1")
    core.do(agents.take_inventory, "pi", say.inventory(version="empty"))
    assert core.row(device)["presence"] == "absent"
    core.do(agents.take_inventory, "pi", say.inventory("t1", version="back"))
    heard(core, "pi", "t1")
    assert core.row(device)["presence"] == "present"


def test_stale_reports_change_nothing(core: HubCore) -> None:
    device = heard(core, "pi", "t1", 5, name="new")
    assert core.do(reports.take_report, "pi", say.report("t1", 4, name="old")) is None
    assert core.do(reports.take_report, "pi", say.report("t1", 5, name="same number")) is None
    assert core.row(device)["name"] == "new"
    heard(core, "pi", "t1", 1, birth=2, name="next birth")
    assert core.row(device)["name"] == "next birth"


def test_people_edit_what_they_saw(core: HubCore) -> None:
    device = core.prepare("t1")
    version = detail(core, device)["version"]
    core.do(inventory.change, device, version, "staff", name="Eule", asset_tag="X-1")
    assert (core.row(device)["name"], core.row(device)["asset_tag"]) == ("Eule", "X-1")
    with pytest.raises(Conflict, match="version-conflict"):
        core.do(inventory.change, device, version, "staff", name="Igel")
    heard(core, "pi", "t1", 2, name="what it calls itself")
    assert core.row(device)["name"] == "Eule"
    other = core.prepare("t2")
    with pytest.raises(Conflict, match="asset-tag-taken"):
        core.do(inventory.change, other, detail(core, other)["version"], "staff", asset_tag="X-1")
    core.do(inventory.retire, device, version + 1, "broken", "staff")
    assert core.row(device)["status"] == "retired"
    assert core.read(agents.config_for, "pi").owned == ("t2",)


def test_a_device_that_was_two_keeps_neither_proof_nor_a_good_state_that_was_not_its_own(core: HubCore) -> None:
    device = core.prepare("usb", identities=(say.serial("S1"), MAC))
    other = core.do(reports.take_report, "pi", say.report("wifi", driver=None, identities=(MAC,)))
    job = core.do(resetting.reset, device, None, 0, "trainer")
    core.do(take_execution_report, "pi", say.ended(job, "usb"))
    assert core.row(device)["status"] == "ready"
    ways = {way["dev"]: way["id"] for way in detail(core, device)["connections"]}
    core.do(inventory.split, device, other.connection, "staff")
    assert (core.row(device)["proven_at"], core.row(device)["status"]) == (None, "used"), "its good state was its own"
    core.do(inventory.split, device, ways["usb"], "staff")
    assert detail(core, device)["baseline_at"] is None


def test_a_device_that_takes_over_a_good_state_takes_over_what_it_contained(core: HubCore) -> None:
    kept = core.find("a")
    known = core.prepare("b", traces={"files": 3})
    core.do(inventory.merge, kept, known, "staff")
    core.do(reports.take_report, "pi", say.report("b", 2, traces={"files": 3}))
    assert core.row(kept)["traces"] == 0
