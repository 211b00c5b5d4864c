"""What is proven of a device, until when it holds, when it is forgotten, and what speaks against it."""

from medialab_hub.domain.reset_policy import Verdict
from medialab_hub.domain.traces import beyond
from medialab_hub.storage.tables import Connection, Device, Job
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.progress import Outcome


def note_proof(uow: UnitOfWork, job: Job, device: Device, verdict: Verdict) -> None:
    """This reset is the last one that touched the device; whatever was true of it before no longer counts."""
    device.proven_job, device.proven_outcome, device.proven_accepted = job.id, job.outcome, False
    device.proven_at = uow.now if verdict.outcome is Outcome.CLEAN else None
    device.used_at = None


def forget_proof(device: Device) -> None:
    """It was of another state, or of another thing."""
    device.proven_at = device.proven_job = device.proven_outcome = device.used_at = None
    device.proven_accepted = False


def notice_use(uow: UnitOfWork, device: Device, connection: Connection) -> None:
    """A report came: traces beyond the good state end what the last reset proved, also when they vanish again.

    Who removes their pictures by hand has used the device, and what else they left nobody has looked at."""
    is_proof_whole = device.proven_job is not None and device.used_at is None
    if is_proof_whole and device.owner_id == connection.id and any(left_behind(device, connection).values()):
        device.used_at = uow.now


def left_behind(device: Device, owner: Connection | None) -> dict[str, int]:
    """What people left on it, by kind, beyond its recorded good state."""
    return {} if owner is None else beyond(owner.traces, device.kept_traces)
