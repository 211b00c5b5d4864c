"""Which members of a case agents see right now: nobody has to look for those."""

from collections.abc import Collection

from medialab_hub.storage import agents, devices
from medialab_hub.storage.session import Session
from medialab_wire.reports import Presence


def seen_now(session: Session, members: Collection[str]) -> list[str]:
    """Sorted; what has no interface is never seen, whatever its checklist says."""
    here = [way for way in devices.connections_of(session, members) if way.presence == Presence.PRESENT]
    manifests = {driver: agents.manifest(session, driver) for driver in {way.driver for way in here}}
    blind = {driver for driver, manifest in manifests.items() if manifest is not None and manifest.by_hand}
    return sorted({way.device_id for way in here if way.driver not in blind})
