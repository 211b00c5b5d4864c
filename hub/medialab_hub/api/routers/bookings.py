"""Bookings, and what goes out and comes back for them."""

from typing import Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer, own_key
from medialab_hub.api.schemas.base import Instant
from medialab_hub.api.schemas.bookings import (
    BookingDetail,
    BookingView,
    CheckIn,
    CheckOut,
    HowMany,
    Made,
    Move,
    NewBooking,
    Returned,
)
from medialab_hub.domain.bookings import Decision, Excuse
from medialab_hub.domain.roles import Role
from medialab_hub.services import bookings, freedom, lending, series, unmet_demand
from medialab_hub.services.admission import Principal
from medialab_hub.services.booking_rows import between, lent_now, one, still_out
from medialab_hub.services.wishes import HouseRules, LineWish, Wish
from medialab_hub.storage.unit_of_work import UnitOfWork

router = APIRouter(tags=["bookings"])
MOST = 500
"""Bookings in one answer."""
GivenUp = Literal["rejected", "canceled", "no_show"]


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
async def book(body: NewBooking, hub: HubDep, trainer: Trainer) -> Response:
    """Promise all of it, or say why not. Of others than staff it is a request, which holds nothing yet."""
    wish = wish_of(body, hub, trainer)
    key = await unmet_demand.counted(hub.writer, lambda uow: bookings.book(uow, wish, trainer.id), wish)
    return as_json({"booking": key}, 201)


@router.get("/loans", response_model=list[BookingView])
async def list_loans(hub: HubDep, _trainer: Trainer) -> Response:
    """Bookings of which something is out now, what is due first."""
    return as_json(await hub.read(lent_now))


@router.post("/loans", response_model=Made, status_code=201)
async def lend(body: NewBooking, hub: HubDep, staff: Staff) -> Response:
    """Book and hand out at once: somebody stands at the desk."""
    wish = wish_of(body, hub, staff, is_handed_out_now=True)
    key = await unmet_demand.counted(hub.writer, lambda uow: lending.lend(uow, wish, staff.id), wish)
    return as_json({"booking": key}, 201)


def wish_of(body: NewBooking, hub: HubDep, asking: Principal, *, is_handed_out_now: bool = False) -> Wish:
    """What the body asks for, under the rules for who asks. Raises `HubError` when its time is empty."""
    rules = rules_for(hub, asking, body.excuse, is_handed_out_now=is_handed_out_now)
    return Wish(
        lines=[LineWish(**line.model_dump()) for line in body.lines],
        interval=freedom.asked(body.starts or hub.clock.now(), body.ends),
        kind=body.kind,
        decision=Decision.REQUESTED if body.is_request or not rules.is_staff else Decision.CONFIRMED,
        institution=body.institution,
        person=body.person,
        purpose=body.purpose.strip(),
        group_size=body.group_size,
        client_key=own_key(asking, body.client_key),
        rules=rules,
    )


def rules_for(hub: HubDep, asking: Principal, excuse: Excuse | None, *, is_handed_out_now: bool = False) -> HouseRules:
    """Staff may set them aside with an excuse."""
    is_staff = asking.role.covers(Role.STAFF)
    return HouseRules(ZoneInfo(hub.settings.timezone), is_staff, excuse, is_handed_out_now)


@router.post("/bookings/{booking_id}/confirm", status_code=204)
async def confirm(booking_id: str, hub: HubDep, staff: Staff) -> Response:
    """Say yes to a request."""
    await hub.writer.run(lambda uow: bookings.confirm(uow, booking_id, staff.id), durable=True)
    return Response(status_code=204)


@router.post("/bookings/{booking_id}/out", status_code=204)
async def hand_out(booking_id: str, body: CheckOut, hub: HubDep, staff: Staff) -> Response:
    """Hand these devices out, all or none."""

    def check_out(uow: UnitOfWork) -> None:
        for device in dict.fromkeys(body.devices):
            lending.check_out(uow, booking_id, device, staff.id)

    await hub.writer.run(check_out, durable=True)
    return Response(status_code=204)


@router.post("/bookings/{booking_id}/move", response_model=HowMany)
async def move(booking_id: str, body: Move, hub: HubDep, staff: Staff) -> Response:
    """Another time, also for all later ones of its series: all of them, or none."""
    interval, rules = freedom.asked(body.starts, body.ends), rules_for(hub, staff, body.excuse)

    def change(uow: UnitOfWork) -> int:
        if body.following:
            return series.move_following(uow, booking_id, interval, staff.id, rules)
        bookings.move(uow, booking_id, interval, staff.id, rules)
        return 1

    return as_json({"bookings": await hub.writer.run(change, durable=True)})


@router.post("/bookings/{booking_id}/{decision}", status_code=204)
async def give_up(booking_id: str, decision: GivenUp, hub: HubDep, staff: Staff, following: bool = False) -> Response:
    """`rejected`, `canceled` or `no_show`: what was promised is free again; also of all later ones of its series."""

    def change(uow: UnitOfWork) -> None:
        if following:
            series.cancel_following(uow, booking_id, staff.id, Decision(decision))
        else:
            bookings.cancel(uow, booking_id, staff.id, Decision(decision))

    await hub.writer.run(change, durable=True)
    return Response(status_code=204)


@router.post("/returns", response_model=Returned)
async def take_back(body: CheckIn, hub: HubDep, trainer: Trainer) -> Response:
    """Take these devices back, all or none; each is free again when its reset is proven."""

    def check_in(uow: UnitOfWork) -> dict[str, list[str]]:
        found = [lending.check_in(uow, device, trainer.id, body.at) for device in dict.fromkeys(body.devices)]
        keys = list(dict.fromkeys(key for key in found if key))
        return {"bookings": keys, "missing": still_out(uow.session, keys)}

    return as_json(await hub.writer.run(check_in, durable=True))
