"""Bookings, and what goes out and comes back for them."""

from fastapi import APIRouter, Query
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.base import Instant
from medialab_hub.api.schemas.bookings import BookingDetail, BookingView, CheckIn, CheckOut, Made, NewBooking, Returned
from medialab_hub.domain.bookings import Decision
from medialab_hub.services import bookings, freedom, lending
from medialab_hub.services.booking_rows import between, lent_now, one, still_out
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.storage.unit_of_work import UnitOfWork

router = APIRouter(tags=["bookings"])
MOST = 500
"""Bookings in one answer."""


@router.get("/bookings", response_model=list[BookingView])
async def list_bookings(
    hub: HubDep, _trainer: Trainer, starts: Instant, ends: Instant, most: int = Query(default=MOST, ge=1, le=MOST)
) -> Response:
    """Bookings that touch a time, the earliest first."""
    interval = freedom.asked(starts, ends)
    return as_json(await hub.read(lambda session: between(session, interval, most)))


@router.get("/bookings/{booking_id}", response_model=BookingDetail)
async def get_booking(booking_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """One booking."""
    return as_json(await hub.read(lambda session: one(session, booking_id)))


@router.post("/bookings", response_model=Made, status_code=201)
async def book(body: NewBooking, hub: HubDep, staff: Staff) -> Response:
    """Promise all of it, or say why not."""
    wish = _wish(body, hub)
    key = await hub.writer.run(lambda uow: bookings.book(uow, wish, staff.id), durable=True)
    return as_json({"booking": key}, 201)


@router.get("/loans", response_model=list[BookingView])
async def list_loans(hub: HubDep, _trainer: Trainer) -> Response:
    """Bookings of which something is out now, what is due first."""
    return as_json(await hub.read(lent_now))


@router.post("/loans", response_model=Made, status_code=201)
async def lend(body: NewBooking, hub: HubDep, staff: Staff) -> Response:
    """Book and hand out at once: somebody stands at the desk."""
    wish = _wish(body, hub)
    key = await hub.writer.run(lambda uow: lending.lend(uow, wish, staff.id), durable=True)
    return as_json({"booking": key}, 201)


def _wish(body: NewBooking, hub: HubDep) -> Wish:
    return Wish(
        lines=[LineWish(**line.model_dump()) for line in body.lines],
        interval=freedom.asked(body.starts or hub.clock.now(), body.ends),
        kind=body.kind,
        decision=Decision.REQUESTED if body.is_request else Decision.CONFIRMED,
        institution=body.institution,
        person=body.person,
        purpose=body.purpose.strip(),
        group_size=body.group_size,
        client_key=body.client_key,
    )


@router.post("/bookings/{booking_id}/confirm", status_code=204)
async def confirm(booking_id: str, hub: HubDep, staff: Staff) -> Response:
    """Say yes to a request."""
    await hub.writer.run(lambda uow: bookings.confirm(uow, booking_id, staff.id), durable=True)
    return Response(status_code=204)


@router.post("/bookings/{booking_id}/{decision}", status_code=204)
async def give_up(booking_id: str, decision: Decision, hub: HubDep, staff: Staff) -> Response:
    """`rejected`, `canceled` or `no_show`: what was promised is free again."""
    await hub.writer.run(lambda uow: bookings.cancel(uow, booking_id, staff.id, decision), durable=True)
    return Response(status_code=204)


@router.post("/bookings/{booking_id}/out", status_code=204)
async def hand_out(booking_id: str, body: CheckOut, hub: HubDep, staff: Staff) -> Response:
    """Hand these devices out, all or none."""

    def check_out(uow: UnitOfWork) -> None:
        for device in dict.fromkeys(body.devices):
            lending.check_out(uow, booking_id, device, staff.id)

    await hub.writer.run(check_out, durable=True)
    return Response(status_code=204)


@router.post("/returns", response_model=Returned)
async def take_back(body: CheckIn, hub: HubDep, trainer: Trainer) -> Response:
    """Take these devices back, all or none; each is free again when its reset is proven."""

    def check_in(uow: UnitOfWork) -> dict[str, list[str]]:
        found = [lending.check_in(uow, device, trainer.id, body.at) for device in dict.fromkeys(body.devices)]
        keys = list(dict.fromkeys(key for key in found if key))
        return {"bookings": keys, "missing": still_out(uow.session, keys)}

    return as_json(await hub.writer.run(check_in, durable=True))
