"""What was only seen in passing is forgotten; what somebody decided about stays."""

from medialab_hub.services import agents, inventory, reports
from medialab_hub.services.forgetting import FORGET_AFTER, forget_gone
from medialab_hub.storage.tables import Baseline
from medialab_wire.reports import Presence
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore

GONE = {"presence": Presence.ABSENT, "sources": ()}


def leave_all(core: HubCore, *devs: str) -> None:
    for dev in devs:
        core.do(reports.take_report, "pi", say.report(dev, 2, **GONE))
    core.clock.pass_time(FORGET_AFTER.total_seconds() + 1)


def test_a_visitors_phone_is_forgotten_with_everything_known_of_it(core: HubCore) -> None:
    phone = core.find("phone")
    leave_all(core, "phone")
    assert core.do(forget_gone) == 1
    assert core.index.row(phone) is None
    assert core.do(reports.take_report, "pi", say.report("phone", 3, **GONE)) is None, "what is not there is not found"
    assert core.do(forget_gone) == 0


def test_when_it_comes_back_it_is_found_again(core: HubCore) -> None:
    core.find("phone")
    leave_all(core, "phone")
    core.do(forget_gone)
    taken = core.do(reports.take_report, "pi", say.report("phone", 3))
    assert taken is not None
    assert core.row(taken.device)["status"] == "found"


def test_what_is_there_or_left_just_now_stays(core: HubCore) -> None:
    here, silent, left = core.find("here"), core.find("silent"), core.find("left")
    core.do(reports.take_report, "pi", say.report("silent", 2, presence=Presence.SILENT))
    core.clock.pass_time(FORGET_AFTER.total_seconds() + 1)
    core.do(reports.take_report, "pi", say.report("left", 2, **GONE))
    assert core.do(forget_gone) == 0
    assert {core.row(device)["status"] for device in (here, silent, left)} == {"found"}


def test_what_somebody_decided_about_stays(core: HubCore) -> None:
    adopted, split_off = core.prepare("ours"), core.find("theirs")
    kept_from = core.find("lookalike")
    core.do(inventory.keep_apart, split_off, kept_from, "staff")
    leave_all(core, "ours", "theirs", "lookalike")
    core.do(forget_gone)
    assert core.row(adopted)["status"] == "not_seen"
    assert {core.row(device)["status"] for device in (split_off, kept_from)} == {"found"}


def test_what_any_other_row_points_at_stays(core: HubCore) -> None:
    mentioned, plain = core.find("mentioned"), core.find("plain")
    baseline = Baseline(id="bas-1", device_id=mentioned, driver="tablet", recorded_at=core.clock.now())
    core.do(lambda uow: uow.session.add(baseline))
    leave_all(core, "mentioned", "plain")
    assert core.do(forget_gone) == 1
    assert core.index.row(plain) is None
    assert core.row(mentioned)["status"] == "found"


def test_what_left_while_nobody_listened_and_what_was_never_told_apart_is_forgotten(core: HubCore) -> None:
    core.find("a", identities=(say.serial("S1"),))
    core.find("b", identities=(say.serial("S2"),))
    core.find("c", identities=(say.serial("S1"), say.serial("S2")))
    core.do(lambda uow: agents.take_inventory(uow, "pi", say.inventory(version="empty")))
    core.clock.pass_time(FORGET_AFTER.total_seconds() + 1)
    assert core.do(forget_gone) == 3
    assert len(core.index) == 0
