"""Questions whether two devices are the same one."""

from collections.abc import Iterable

from medialab_hub.domain.events import Happened
from medialab_hub.storage import devices
from medialab_hub.storage.tables import IdentityClash
from medialab_hub.storage.unit_of_work import UnitOfWork

MOST_RIVALS = 5
"""Questions one report may raise; many clones of one serial number make no more sense one by one."""


def pair(device: str, other: str) -> tuple[str, str]:
    """Both in the order they are stored in."""
    return (device, other) if device < other else (other, device)


def ask(uow: UnitOfWork, device: str, rivals: Iterable[str]) -> None:
    """Open the questions that were never asked. One that a person answered is not asked again."""
    wanted = {pair(device, rival) for rival in list(rivals)[:MOST_RIVALS]}
    if not wanted:
        return
    asked = {(clash.device_id, clash.other_id) for clash in devices.clashes_of(uow.session, [device])}
    for first, second in sorted(wanted - asked):
        uow.session.add(IdentityClash(id=uow.new_id("cla"), device_id=first, other_id=second, opened_at=uow.now))
        uow.record(Happened.DEVICE_CLASHED, first, other=second)
        uow.touch_device(first)
        uow.touch_device(second)


def close(uow: UnitOfWork, device: str, other: str, reason: str) -> None:
    """A person answered: remember it, asked or not."""
    first, second = pair(device, other)
    known = [c for c in devices.clashes_of(uow.session, [first]) if (c.device_id, c.other_id) == (first, second)]
    if not known:
        fresh = IdentityClash(id=uow.new_id("cla"), device_id=first, other_id=second, opened_at=uow.now)
        uow.session.add(fresh)
        known = [fresh]
    for clash in known:
        clash.closed_at, clash.reason = uow.now, reason
    uow.touch_device(first)
    uow.touch_device(second)
