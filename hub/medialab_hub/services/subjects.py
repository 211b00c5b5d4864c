"""Finds what a use case is about, or refuses; and marks it as changed."""

from typing import Any

from medialab_hub.domain.events import Happened
from medialab_hub.services.job_rows import BATCHES, JOBS
from medialab_hub.services.refusals import job_is_open, no_such
from medialab_hub.storage import devices, jobs
from medialab_hub.storage.tables import Device, Job
from medialab_hub.storage.unit_of_work import UnitOfWork


def require_device(uow: UnitOfWork, device_id: str) -> Device:
    """The device, or `NotFound`; a merged one is gone."""
    device = devices.get(uow.session, device_id)
    if device is None or device.merged_into is not None:
        raise no_such("device", device_id)
    return device


def require_job(uow: UnitOfWork, job_id: str) -> Job:
    """The job, or `NotFound`."""
    job = jobs.get(uow.session, job_id)
    if job is None:
        raise no_such("job", job_id)
    return job


def require_idle(uow: UnitOfWork, device_id: str) -> None:
    """Raises `Conflict` while a job is open on the device."""
    if open_jobs := jobs.open_of(uow.session, [device_id]):
        raise job_is_open(open_jobs[0].id)


def changed(uow: UnitOfWork, device: Device, kind: Happened, actor: str, **data: Any) -> None:
    """A person changed the device: next version, journal, stream."""
    device.version += 1
    reported(uow, device, kind, actor, **data)


def reported(uow: UnitOfWork, device: Device, kind: Happened, actor: str = "", **data: Any) -> None:
    """Something about the device changed that no person edits: journal and stream."""
    device.seq = uow.record(kind, device.id, actor, **data)
    uow.touch_device(device.id)


def job_changed(uow: UnitOfWork, job: Job, kind: Happened, actor: str = "", **data: Any) -> None:
    """The job changed, and with it what its device and its batch show, and what its agent has to do."""
    job.seq = uow.record(kind, job.id, actor, **data)
    uow.touch(JOBS, job.id)
    uow.touch_device(job.device_id)
    if job.agent_id is not None and kind is not Happened.JOB_REPORTED:
        uow.touch_work(job.agent_id)
    if job.batch_id is not None:
        uow.touch(BATCHES, job.batch_id)
