"""Several drivers fit one thing: a person chooses, the agent hears it, and nothing else is believed."""

import pytest

from medialab_hub.api.schemas.devices import DeviceDetail
from medialab_hub.errors import HubError
from medialab_hub.services import agents, inventory, views
from medialab_wire.reports import Access
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
    assert [connection.candidates for connection in detail.connections] == [list(TIE)]
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
