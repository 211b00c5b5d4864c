"""Forgets what was seen, never taken into the inventory and is gone: a visitor's phone is nobody's record."""

from datetime import timedelta

from medialab_hub.storage import devices
from medialab_hub.storage.unit_of_work import UnitOfWork

FORGET_AFTER = timedelta(minutes=10)
"""Long enough to walk through the lab with a cable; short enough that the list of found devices shows what is there."""
MOST_AT_ONCE = 200
"""Devices a transaction: the writer is needed by others, too."""


def forget_gone(uow: UnitOfWork) -> int:
    """Remove found devices that are absent for a while, with everything known of them; how many.

    Kept is whatever a person ever decided about: adopted, retired, told apart, a driver chosen."""
    gone = devices.never_wanted(uow.session, uow.now - FORGET_AFTER, MOST_AT_ONCE)
    for connection in devices.connections_of(uow.session, gone):
        uow.touch_connection(connection.id)
    rivals = {one for clash in devices.clashes_of(uow.session, gone) for one in (clash.device_id, clash.other_id)}
    devices.forget(uow.session, gone)
    for device in sorted(rivals.union(gone)):
        uow.touch_device(device)
    return len(gone)
