"""What can only be seen is never asked for a good state it cannot have, and never called used."""

import pytest

from medialab_hub.errors import HubError
from medialab_hub.services import agents, inventory, jobs, reports
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.capabilities import DriverManifest, Quality
from medialab_wire.reports import Access, Inventory
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore

BEACON = DriverManifest(
    id="beacon", name=say.text("beacon"), version="1", quality=Quality.SEEN, device_kinds=("board",)
)


def only_seen(core: HubCore) -> str:
    """A board in the air, adopted."""

    def found(uow: UnitOfWork) -> str:
        agents.take_state(uow, "pi", say.ready())
        agents.take_inventory(uow, "pi", Inventory(version="v1", host="pi", drivers=(BEACON,), devices=("b1",)))
        taken = reports.take_report(uow, "pi", say.report("b1", driver="beacon", kind="board", access=Access.NONE))
        assert taken is not None
        return taken.device

    device = core.do(found)
    _, started = core.do(inventory.adopt, [inventory.AdoptWish(device)], True, "staff")
    assert started == []
    return device


def test_it_reads_seen(core: HubCore) -> None:
    assert core.row(only_seen(core))["status"] == "seen"


def test_a_thing_no_driver_knows_reads_so_too(core: HubCore) -> None:
    device = core.find("t1", driver=None, access=Access.NONE, identities=())
    core.do(inventory.adopt, [inventory.AdoptWish(device)], True, "staff")
    assert core.row(device)["status"] == "seen"


@pytest.mark.parametrize("action", ["record-baseline", "reset"])
def test_it_gets_no_order_that_could_only_fail(core: HubCore, action: str) -> None:
    device = only_seen(core)
    with pytest.raises(HubError, match="only-seen"):
        core.do(jobs.start, jobs.Wish(device, action), "staff")
