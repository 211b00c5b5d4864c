"""Loans that last longer, and what is erased at once when nobody wants it any more."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff
from medialab_hub.api.schemas.bookings import BookingView
from medialab_hub.api.schemas.loans import Extension
from medialab_hub.services import extensions, grace
from medialab_hub.services.booking_rows import one

router = APIRouter(tags=["loans"])


@router.post("/bookings/{booking_id}/extend", response_model=BookingView)
async def extend(booking_id: str, body: Extension, hub: HubDep, staff: Staff) -> Response:
    """The loan lasts longer, if no promise to others is hurt by it and somebody is there when it comes back."""
    zone = ZoneInfo(hub.settings.timezone)
    await hub.writer.run(lambda uow: extensions.extend(uow, booking_id, body.ends, zone, staff.id), durable=True)
    return as_json(await hub.read(lambda session: one(session, booking_id)))


@router.post("/devices/{device_id}/erase-now", status_code=204)
async def erase_now(device_id: str, hub: HubDep, staff: Staff) -> Response:
    """What is on a returned device is not wanted any more: the reset begins without waiting."""
    await hub.writer.run(lambda uow: grace.erase_now(uow, device_id, staff.id), durable=True)
    return Response(status_code=204)
