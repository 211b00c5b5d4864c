"""How bookings get to their people and back: at the desk, by tour, through the drop box."""

from datetime import date
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.bookings import BookingView
from medialab_hub.api.schemas.deliveries import Delivery, Tour
from medialab_hub.services import deliveries
from medialab_hub.services.booking_rows import one

router = APIRouter(tags=["bookings"])


@router.put("/bookings/{booking_id}/delivery", response_model=BookingView)
async def put_delivery(booking_id: str, body: Delivery, hub: HubDep, staff: Staff) -> Response:
    """How it gets there; the way is part of the time in which nobody else gets the devices."""
    wish = deliveries.DeliveryWish(**body.model_dump())
    await hub.writer.run(lambda uow: deliveries.put(uow, booking_id, wish, staff.id), durable=True)
    return as_json(await hub.read(lambda session: one(session, booking_id)))


@router.get("/tours/{day}", response_model=Tour)
async def get_tour(day: date, hub: HubDep, _trainer: Trainer) -> Response:
    """Where the tour of a day stops, and what is brought and fetched there; each booking has its packing slip."""
    zone = ZoneInfo(hub.settings.timezone)
    return as_json(await hub.read(lambda session: deliveries.tour(session, day, zone)))
