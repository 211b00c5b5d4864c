"""Jobs and batches: follow, stop, answer, accept."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.base import Accepted
from medialab_hub.api.schemas.jobs import (
    Acceptance,
    BatchView,
    JobDetail,
    JobPage,
    ResetPreview,
    ResetsRequest,
    StepAnswer,
)
from medialab_hub.services import jobs, resetting, views

router = APIRouter(tags=["jobs"])


@router.get("/jobs", response_model=JobPage)
async def list_jobs(
    hub: HubDep,
    _trainer: Trainer,
    device: str | None = None,
    batch: str | None = None,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Response:
    """Jobs, newest first."""
    page = await hub.read(
        lambda session: views.job_page(session, device=device, batch=batch, is_open=is_open, after=after, limit=limit)
    )
    return as_json({**page, "seq": hub.fleet.seq})


@router.get("/jobs/{job_id}", response_model=JobDetail)
async def show_job(job_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """One job with its steps, evidence and end."""
    return as_json(await hub.read(lambda session: views.job_detail(session, job_id)))


@router.post("/jobs/{job_id}/cancel", response_model=Accepted, status_code=202)
async def cancel_job(job_id: str, hub: HubDep, trainer: Trainer) -> Response:
    """Stop a job; within its grace time nothing was touched."""
    await hub.writer.run(lambda uow: jobs.cancel(uow, job_id, trainer.id), durable=True)
    return as_json(Accepted(job=job_id), 202)


@router.post("/jobs/{job_id}/answers", response_model=Accepted, status_code=202)
async def answer_step(job_id: str, body: StepAnswer, hub: HubDep, trainer: Trainer) -> Response:
    """A person did, or could not do, what a step asked for."""
    reply = jobs.Reply(body.step, body.done, body.note, body.photo)
    await hub.writer.run(lambda uow: jobs.answer(uow, job_id, reply, trainer.id), durable=True)
    return as_json(Accepted(job=job_id), 202)


@router.post("/jobs/{job_id}/accept", response_model=JobDetail)
async def accept_job(job_id: str, body: Acceptance, hub: HubDep, staff: Staff) -> Response:
    """Named staff accept an unverified reset; recorded as accepted, never as clean."""
    await hub.writer.run(lambda uow: jobs.accept(uow, job_id, body.reason, staff.id), durable=True)
    return as_json(await hub.read(lambda session: views.job_detail(session, job_id)))


@router.post("/resets/preview", response_model=ResetPreview)
async def preview_resets(body: ResetsRequest, hub: HubDep, _trainer: Trainer) -> Response:
    """What a reset of many would touch and what it would not, and why."""
    return as_json(await hub.writer.run(lambda uow: resetting.preview(uow, _scope(body), body.level)))


@router.post("/resets", response_model=Accepted, status_code=202)
async def reset_many(body: ResetsRequest, hub: HubDep, trainer: Trainer) -> Response:
    """Reset many devices after the grace time."""
    batch = await hub.writer.run(
        lambda uow: resetting.reset_many(uow, _scope(body), body.level, body.grace_s, trainer.id), durable=True
    )
    return as_json(Accepted(batch=batch), 202)


@router.get("/batches/{batch_id}", response_model=BatchView)
async def show_batch(batch_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """How far jobs that were started together are."""
    return as_json(await hub.read(lambda session: views.batch_view(session, batch_id)))


@router.post("/batches/{batch_id}/cancel", response_model=Accepted, status_code=202)
async def cancel_batch(batch_id: str, hub: HubDep, trainer: Trainer) -> Response:
    """Stop all jobs of a batch that are not over."""
    await hub.writer.run(lambda uow: resetting.cancel_batch(uow, batch_id, trainer.id), durable=True)
    return as_json(Accepted(batch=batch_id), 202)


def _scope(body: ResetsRequest) -> resetting.Scope:
    only = None if body.only is None else frozenset(body.only)
    return resetting.Scope(tuple(body.devices or ()), body.location, body.station, body.everything, only)
