"""Kits hold devices, each in one at most, and let them go; on both databases."""

import pytest

from medialab_hub.domain.kits import readiness_of
from medialab_hub.errors import Conflict, NotFound
from medialab_hub.services import agents, inventory, kits
from medialab_hub.services.kit_rows import KITS
from medialab_hub.storage import agents as agent_rows
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore


def test_a_device_is_in_one_kit_at_most(core: HubCore) -> None:
    one, two = core.prepare("t1"), core.prepare("t2")
    robots = core.do(kits.add, " Roboterkoffer ", [one, two], "staff")
    films = core.do(kits.add, "Filmkoffer", [], "staff")
    assert {core.row(one)["kit"], core.row(two)["kit"]} == {robots}
    core.do(kits.put_in, films, [two], "staff")
    assert (core.row(one)["kit"], core.row(two)["kit"]) == (robots, films)
    core.do(kits.take_out, robots, [one, two], "staff")
    assert (core.row(one)["kit"], core.row(two)["kit"]) == (None, films), "what lies in another kit stays there"
    assert [row["name"] for row in core.index.every(KITS)] == ["Filmkoffer", "Roboterkoffer"]


def test_its_readiness_is_counted_from_its_devices(core: HubCore) -> None:
    one, two = core.prepare("t1"), core.prepare("t2")
    kit = core.do(kits.add, "Roboterkoffer", [one, two], "staff")
    found = readiness_of(core.index.statuses_by_kit()[kit])
    assert (found.devices, found.ready, found.is_ready) == (2, 0, False)
    core.do(kits.take_out, kit, [two], "staff")
    assert readiness_of(core.index.statuses_by_kit()[kit]).devices == 1
    core.do(kits.take_out, kit, [one], "staff")
    assert kit not in core.index.statuses_by_kit(), "an empty kit has no devices to count"


def test_a_kit_that_goes_leaves_its_devices(core: HubCore) -> None:
    device = core.prepare("t1")
    kit = core.do(kits.add, "Roboterkoffer", [device], "staff")
    core.do(kits.remove, kit, "staff")
    assert core.row(device)["kit"] is None
    assert core.index.every(KITS) == []
    assert b'"gone":true' in [event for event in core.events if event.name == "kit"][-1].data


def test_names_are_taken_once_and_strangers_stay_out(core: HubCore) -> None:
    kit = core.do(kits.add, "Roboterkoffer", [], "staff")
    other = core.do(kits.add, "Filmkoffer", [], "staff")
    with pytest.raises(Conflict):
        core.do(kits.add, "Roboterkoffer", [], "staff")
    with pytest.raises(Conflict):
        core.do(kits.rename, other, "Roboterkoffer", "staff")
    core.do(kits.rename, kit, "Roboter", "staff")
    assert [row["name"] for row in core.index.every(KITS)] == ["Filmkoffer", "Roboter"]
    with pytest.raises(Conflict):
        core.do(kits.put_in, kit, [core.find("stranger")], "staff")
    with pytest.raises(NotFound):
        core.do(kits.put_in, "kit-none", [], "staff")
    with pytest.raises(NotFound):
        core.do(kits.put_in, kit, ["dev-none"], "staff")


def test_what_is_merged_away_leaves_its_kit_to_the_one_that_stays(core: HubCore) -> None:
    one, two = core.prepare("t1"), core.prepare("t2")
    kit = core.do(kits.add, "Roboterkoffer", [two], "staff")
    core.do(inventory.merge, one, two, "staff")
    assert core.row(one)["kit"] == kit
    assert core.index.statuses_by_kit()[kit].total() == 1


def test_things_are_numbered_on_from_the_highest_of_their_class(core: HubCore) -> None:
    with pytest.raises(Conflict, match="no-driver-by-hand"):
        core.do(agents.add_things, "bee-bot", 2, "staff")
    by_hand = say.MANIFEST.model_copy(update={"id": "checklist", "by_hand": True})
    core.do(agents.take_state, "pi", say.ready())
    core.do(agents.take_inventory, "pi", say.inventory().model_copy(update={"drivers": (say.MANIFEST, by_hand)}))
    first = core.do(agents.add_things, "bee-bot", 2, "staff")
    assert first == ["checklist://bee-bot.1", "checklist://bee-bot.2"]
    core.do(agents.remove_address, "checklist://bee-bot.1", "staff")
    assert core.do(agents.add_things, "bee-bot", 1, "staff") == ["checklist://bee-bot.3"]
    assert core.do(agents.add_things, "blue-bot", 1, "staff") == ["checklist://blue-bot.1"]
    assert len(core.read(agent_rows.manual_addresses)) == 3
