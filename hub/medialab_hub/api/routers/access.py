"""What people enter so that a device lets us in: it goes in and never comes out."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Parts, Staff, Trainer
from medialab_hub.api.schemas.access import AccessEntry, AccessView
from medialab_hub.services import access

router = APIRouter(tags=["access"])


@router.get("/devices/{device_id}/access", response_model=AccessView)
async def show_access(device_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """What the device asks for, and since when and by whom it was entered; never what."""
    return await _view(hub, device_id)


@router.put("/devices/{device_id}/access", response_model=AccessView)
async def enter_access(device_id: str, body: AccessEntry, hub: HubDep, staff: Staff) -> Response:
    """Enter it, in place of what was entered before."""
    typed = {key: value.get_secret_value() for key, value in body.values.items()}
    await hub.writer.run(lambda uow: access.enter(uow, device_id, typed, staff.id, hub.seal), durable=True)
    return await _view(hub, device_id)


@router.delete("/devices/{device_id}/access", status_code=204)
async def forget_access(device_id: str, hub: HubDep, staff: Staff) -> Response:
    """Forget it, at once where agents are there, else when they are back; 409 while a job needs it."""
    await hub.writer.run(lambda uow: access.forget(uow, device_id, staff.id), durable=True)
    return Response(status_code=204)


async def _view(hub: Parts, device_id: str) -> Response:
    return as_json(await hub.read(lambda session: access.access_view(session, device_id)))
