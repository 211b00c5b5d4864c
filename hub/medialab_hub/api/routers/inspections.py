"""Safety tests: what is due, and results."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.base import Instant
from medialab_hub.api.schemas.inspections import DueView, Entered, InspectionView, NewInspections
from medialab_hub.services import inspection_rows, inspections
from medialab_hub.services.inspections import Batch, Entry

router = APIRouter(tags=["inspections"])


@router.get("/inspections", response_model=list[DueView])
async def list_due(hub: HubDep, _trainer: Trainer, due_before: Instant | None = None) -> Response:
    """Devices whose test falls due before that moment (None: now), the most urgent first."""
    moment = due_before or hub.clock.now()
    return as_json(await hub.read(lambda session: inspection_rows.due_before(session, moment)))


@router.post("/inspections", response_model=Entered, status_code=201)
async def enter(body: NewInspections, hub: HubDep, staff: Staff) -> Response:
    """Enter one result for many devices. One that is not passed takes its device out of use at once."""
    batch = Batch(
        entries=[Entry(one.device, one.measured, one.note.strip()) for one in body.entries],
        result=body.result,
        kind=body.kind,
        done_at=body.done_at,
        next_due=body.next_due,
    )
    keys = await hub.writer.run(lambda uow: inspections.enter(uow, batch, staff.id), durable=True)
    return as_json({"inspections": keys}, 201)


@router.get("/devices/{device_id}/inspections", response_model=list[InspectionView])
async def list_of_device(device_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """The tests of one device, the latest first."""
    return as_json(await hub.read(lambda session: inspection_rows.of_device(session, device_id)))
