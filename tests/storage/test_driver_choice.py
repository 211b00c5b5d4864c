"""Several drivers fit one thing: a person chooses, the agent hears it, and nothing else is believed."""

import pytest

from medialab_hub.api.schemas.devices import DeviceDetail
from medialab_hub.errors import HubError
from medialab_hub.services import agents, inventory, jobs, kits, places, reports, views
from medialab_wire.reports import Access, Identity, IdentityKind, Presence
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore

TIE = ("tablet", "rocket")


def tied(core: HubCore) -> tuple[str, str]:
    """A device that two drivers want, and its connection."""
    device = core.find("seen-1", driver=None, access=Access.NEEDS_PERSON, candidates=TIE, identities=())
    (way,) = core.read(views.device_detail, device, core.clock.now())["connections"]
    return device, way["id"]


def test_a_tie_is_shown_and_the_choice_reaches_the_agent(core: HubCore) -> None:
    device, way = tied(core)
    detail = DeviceDetail.model_validate(core.read(views.device_detail, device, core.clock.now()))
    assert [connection.candidates for connection in detail.connections] == [sorted(TIE)]
    before = core.read(agents.config_for, "pi")
    core.do(inventory.choose_driver, device, way, "rocket", "staff")
    after = core.read(agents.config_for, "pi")
    assert after.choices == {"seen-1": "rocket"}
    assert after.version != before.version
    assert core.row(device)["driver"] is None, "only what an agent reports is true"


@pytest.mark.parametrize("driver", ["tablet-two", ""])
def test_a_driver_that_does_not_fit_is_refused(core: HubCore, driver: str) -> None:
    device, way = tied(core)
    with pytest.raises(HubError, match="no-candidate"):
        core.do(inventory.choose_driver, device, way, driver, "staff")
    assert core.read(agents.config_for, "pi").choices == {}


def test_without_a_tie_there_is_nothing_to_choose(core: HubCore) -> None:
    device = core.find("t1")
    (way,) = core.read(views.device_detail, device, core.clock.now())["connections"]
    assert way["candidates"] == []
    with pytest.raises(HubError, match="no-candidate"):
        core.do(inventory.choose_driver, device, way["id"], "tablet", "staff")


def test_an_adopted_thing_stays_the_same_once_its_driver_is_chosen(core: HubCore) -> None:
    device, way = tied(core)
    assert core.row(device)["status"] == "found"
    room = core.do(places.add_location, "Schrank", "staff")
    core.do(inventory.adopt, [inventory.AdoptWish(device, "Rakete 1", room)], False, "staff")
    kit = core.do(kits.add, "Raketen", [device], "staff")
    core.do(inventory.choose_driver, device, way, "rocket", "staff")
    before = core.row(device)
    core.do(
        reports.take_report, "pi", say.report("seen-1", seq=2, driver=None, presence=Presence.ABSENT, identities=())
    )
    assert core.find("rocket-1", driver="rocket", formerly="seen-1", identities=()) == device
    detail = core.read(views.device_detail, device, core.clock.now())
    kept = ("id", "name", "asset_tag", "location", "adopted", "kit")
    assert {key: detail[key] for key in kept} == {key: before[key] for key in kept}
    assert (detail["name"], detail["location"], detail["kit"]) == ("Rakete 1", room, kit)
    assert (detail["driver"], detail["presence"]) == ("rocket", "present")
    assert [connection["dev"] for connection in detail["connections"]] == ["rocket-1"], "no ghost"
    assert core.read(agents.config_for, "pi").owned == ("rocket-1",)
    assert core.index.ids() == [device]


@pytest.mark.parametrize("formerly", ["seen-2", "tablet-1"], ids=["unknown", "another-driver's"])
def test_only_what_was_shown_without_a_driver_is_taken_over(core: HubCore, formerly: str) -> None:
    device, _ = tied(core)
    tablet = core.find("tablet-1", driver="tablet")
    assert core.find("rocket-1", driver="rocket", formerly=formerly, identities=()) not in (device, tablet)


def test_another_serial_number_is_another_device_for_all_that(core: HubCore) -> None:
    first, second = (Identity(kind=IdentityKind.SERIAL, value=value, scope="rocket") for value in ("R-1", "R-2"))
    device = core.find("seen-1", driver=None, candidates=TIE, identities=(first,))
    assert core.find("rocket-1", driver="rocket", formerly="seen-1", identities=(second,)) != device


def chosen(core: HubCore) -> tuple[str, str]:
    """An adopted device with its good state, reached through a driver that a person chose, and that connection."""
    device, way = tied(core)
    core.do(inventory.choose_driver, device, way, "tablet", "staff")
    absent(core, "seen-1", None)
    assert core.prepare("tablet-1", driver="tablet", formerly="seen-1", candidates=TIE, identities=()) == device
    (now,) = core.read(views.device_detail, device, core.clock.now())["connections"]
    assert (now["dev"], now["candidates"], now["chosen"]) == ("tablet-1", sorted(TIE), True)
    return device, now["id"]


def absent(core: HubCore, dev: str, driver: str | None) -> None:
    said = say.report(dev, seq=2, driver=driver, presence=Presence.ABSENT, candidates=TIE, identities=())
    core.do(reports.take_report, "pi", said)


def test_a_choice_can_be_changed_and_the_device_stays_the_same(core: HubCore) -> None:
    device, way = chosen(core)
    kit = core.do(kits.add, "Raketen", [device], "staff")
    before = core.row(device)
    assert before["status"] == "used", "a good state was recorded through the wrong driver"
    core.do(inventory.choose_driver, device, way, "rocket", "staff")
    config = core.read(agents.config_for, "pi")
    assert (config.choices, config.owned) == ({"seen-1": "rocket"}, ())
    assert core.row(device)["driver"] is None, "the one before commands nothing, whatever its agent still says"
    absent(core, "tablet-1", "tablet")
    assert core.find("rocket-1", driver="rocket", formerly="seen-1", candidates=TIE, identities=()) == device
    detail = core.read(views.device_detail, device, core.clock.now())
    kept = ("id", "name", "asset_tag", "adopted")
    assert {key: detail[key] for key in kept} == {key: before[key] for key in kept}
    assert (detail["kit"], detail["driver"], detail["status"]) == (kit, "rocket", "no_baseline")
    assert [(c["dev"], c["owner"]) for c in detail["connections"]] == [("rocket-1", True)]
    assert core.read(agents.config_for, "pi").owned == ("rocket-1",)
    assert len(core.read(views.job_page, device=device)["items"]) == 1, "its history stays"


def test_there_and_back_again(core: HubCore) -> None:
    device, way = chosen(core)
    core.do(inventory.choose_driver, device, way, "rocket", "staff")
    absent(core, "tablet-1", "tablet")
    core.find("rocket-1", driver="rocket", formerly="seen-1", candidates=TIE, identities=())
    (now,) = core.read(views.device_detail, device, core.clock.now())["connections"]
    core.do(inventory.choose_driver, device, now["id"], "tablet", "staff")
    core.do(
        reports.take_report,
        "pi",
        say.report("rocket-1", seq=2, driver="rocket", presence=Presence.ABSENT, candidates=TIE),
    )
    back = say.report("tablet-1", seq=3, driver="tablet", formerly="seen-1", candidates=TIE, identities=())
    core.do(reports.take_report, "pi", back)
    assert core.read(agents.config_for, "pi").owned == ("tablet-1",)


def test_a_choice_can_be_taken_back(core: HubCore) -> None:
    device, way = chosen(core)
    core.do(inventory.choose_driver, device, way, None, "staff")
    assert core.read(agents.config_for, "pi").choices == {}
    absent(core, "tablet-1", "tablet")
    anew = say.report("seen-1", seq=3, driver=None, access=Access.NEEDS_PERSON, candidates=TIE, identities=())
    core.do(reports.take_report, "pi", anew)
    detail = core.read(views.device_detail, device, core.clock.now())
    (asked,) = detail["connections"]
    assert (asked["dev"], asked["candidates"], asked["chosen"]) == ("seen-1", sorted(TIE), False)
    assert (detail["driver"], detail["status"]) == (None, "needs_person")
    assert core.index.ids() == [device]


def test_no_choice_is_changed_while_a_job_is_open(core: HubCore) -> None:
    device, way = chosen(core)
    core.do(jobs.start, jobs.Wish(device, "record-baseline"), "staff")
    for driver in ("rocket", None):
        with pytest.raises(HubError, match="job-is-open"):
            core.do(inventory.choose_driver, device, way, driver, "staff")
    assert core.read(agents.config_for, "pi").choices == {"seen-1": "tablet"}


def test_a_choice_that_led_nowhere_can_be_made_anew(core: HubCore) -> None:
    device, way = tied(core)
    core.do(inventory.choose_driver, device, way, "tablet", "staff")
    absent(core, "seen-1", None)
    (asked,) = core.read(views.device_detail, device, core.clock.now())["connections"]
    assert (asked["candidates"], asked["chosen"]) == (sorted(TIE), True)
    core.do(inventory.choose_driver, device, way, "rocket", "staff")
    assert core.read(agents.config_for, "pi").choices == {"seen-1": "rocket"}
