"""How devices were bought, and how much they are used by programme."""

from dataclasses import fields
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff
from medialab_hub.api.schemas.acquisitions import AcquisitionBody, ProgrammeView
from medialab_hub.domain.acquisitions import Acquired
from medialab_hub.services import acquisitions
from medialab_hub.services.refusals import not_understood
from medialab_wire.texts import Text

router = APIRouter(tags=["acquisitions"])


@router.get("/devices/{device_id}/acquisition", response_model=AcquisitionBody)
async def show_acquisition(device_id: str, hub: HubDep, _staff: Staff) -> Response:
    """How a device was bought; empty until somebody entered it."""
    return as_json(await hub.read(lambda session: acquisitions.of_device(session, device_id)))


@router.put("/devices/{device_id}/acquisition", response_model=AcquisitionBody)
async def note_acquisition(device_id: str, body: AcquisitionBody, hub: HubDep, staff: Staff) -> Response:
    """Enter it; 409 when somebody else changed it since `version`."""
    acquired = Acquired(**{one.name: getattr(body, one.name) for one in fields(Acquired)})
    await hub.writer.run(lambda uow: acquisitions.note(uow, device_id, acquired, staff.id, body.version), durable=True)
    return await show_acquisition(device_id, hub, staff)


@router.get("/acquisitions/use", response_model=list[ProgrammeView])
async def show_programmes(hub: HubDep, _staff: Staff, first: date, last: date) -> Response:
    """How much the devices of each programme were out, from the first up to and with the last day."""
    if last < first:
        raise not_understood("wrong-time", Text(de="Das Ende liegt vor dem Anfang.", en="The end is before the start."))
    zone = ZoneInfo(hub.settings.timezone)
    since, until = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return as_json(await hub.read(lambda session: acquisitions.use(session, since, until, zone)))
