"""Models, and how many of one are free."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.base import Instant
from medialab_hub.api.schemas.models import DevicesOf, Freedom, ModelChange, ModelDevices, ModelView, NewModel
from medialab_hub.services import alternatives, freedom, models
from medialab_hub.services.model_rows import devices_of, every
from medialab_hub.services.models import Care
from medialab_hub.storage.session import Session
from medialab_hub.storage.unit_of_work import UnitOfWork

router = APIRouter(tags=["models"])


@router.get("/models", response_model=list[ModelView])
async def list_models(hub: HubDep, _trainer: Trainer) -> Response:
    """All models by name."""
    return as_json(await hub.read(every))


@router.post("/models", status_code=201)
async def add_model(body: NewModel, hub: HubDep, staff: Staff) -> Response:
    """A new model, with the devices that are lent as one of it."""
    care = None if body.care is None else Care(**body.care.model_dump())

    def add(uow: UnitOfWork) -> str:
        key = models.add(uow, body.name, body.class_id, care, staff.id)
        models.put_in(uow, key, body.devices, staff.id)
        return key

    return as_json({"id": await hub.writer.run(add, durable=True)}, 201)


@router.put("/models/{model_id}", status_code=204)
async def change_model(model_id: str, body: ModelChange, hub: HubDep, staff: Staff) -> Response:
    """Change it. Bookings made before keep their times."""
    care = replace(Care(), **body.model_dump(exclude={"version", "name"}))
    await hub.writer.run(
        lambda uow: models.change(uow, model_id, body.version, body.name, care, staff.id), durable=True
    )
    return Response(status_code=204)


@router.get("/models/{model_id}/devices", response_model=DevicesOf)
async def list_devices_of_model(model_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """Which devices are lent as one of it."""
    return as_json({"devices": await hub.read(lambda session: devices_of(session, model_id))})


@router.post("/models/{model_id}/devices", status_code=204)
async def assign(model_id: str, body: ModelDevices, hub: HubDep, staff: Staff) -> Response:
    """Lend devices as one of it, or no longer."""

    def change(uow: UnitOfWork) -> None:
        models.put_in(uow, None, body.take_out, staff.id)
        models.put_in(uow, model_id, body.put_in, staff.id)

    await hub.writer.run(change, durable=True)
    return Response(status_code=204)


@router.get("/availability", response_model=list[Freedom])
async def availability(
    hub: HubDep,
    _trainer: Trainer,
    starts: Instant,
    ends: Instant,
    model: str | None = None,
    quantity: int = Query(default=1, ge=1, le=500),
) -> Response:
    """How many can be promised without breaking a promise: of one model with the reasons, else of all."""
    interval, now, zone = freedom.asked(starts, ends), hub.clock.now(), ZoneInfo(hub.settings.timezone)

    def look(session: Session) -> list[freedom.Row]:
        if model is None:
            return freedom.of_all(session, interval, now)
        return [alternatives.of_one(session, model, interval, quantity, now, zone)]

    return as_json(await hub.read(look))
