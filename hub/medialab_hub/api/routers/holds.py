"""Baskets: what was chosen is kept for ten minutes while the form is filled in."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Trainer, own_key
from medialab_hub.api.routers.bookings import rules_for
from medialab_hub.api.schemas.bookings import BookingView, Made
from medialab_hub.api.schemas.holds import HoldMade, NewHold, TakeHold
from medialab_hub.domain.roles import Role
from medialab_hub.services import freedom, holds, unmet_demand
from medialab_hub.services.holds import Taking
from medialab_hub.services.stamps import stamp
from medialab_hub.services.wishes import LineWish, Wish

router = APIRouter(tags=["holds"])


@router.get("/holds", response_model=list[BookingView])
async def list_holds(hub: HubDep, trainer: Trainer) -> Response:
    """What is held now: staff see everything, others their own."""
    actor, now = None if trainer.role.covers(Role.STAFF) else trainer.id, hub.clock.now()
    return as_json(await hub.read(lambda session: holds.every(session, now, actor)))


@router.post("/holds", response_model=HoldMade, status_code=201)
async def hold(body: NewHold, hub: HubDep, trainer: Trainer) -> Response:
    """Keep all of it for ten minutes, or say why not."""
    wish = Wish(
        lines=[LineWish(**line.model_dump()) for line in body.lines],
        interval=freedom.asked(body.starts, body.ends),
        kind=body.kind,
        client_key=own_key(trainer, body.client_key),
        rules=rules_for(hub, trainer, body.excuse),
    )
    key, until = await unmet_demand.counted(hub.writer, lambda uow: holds.hold(uow, wish, trainer.id), wish)
    return as_json({"hold": key, "until": stamp(until)}, 201)


@router.post("/holds/{hold_id}/booking", response_model=Made, status_code=201)
async def take_hold(hold_id: str, body: TakeHold, hub: HubDep, trainer: Trainer) -> Response:
    """Make a booking of it; of others than staff a request, which holds nothing any more."""
    taking = Taking(
        rules=rules_for(hub, trainer, body.excuse),
        institution=body.institution,
        person=body.person,
        purpose=body.purpose.strip(),
        group_size=body.group_size,
    )
    key = await hub.writer.run(lambda uow: holds.take(uow, hold_id, taking, trainer.id), durable=True)
    return as_json({"booking": key}, 201)


@router.delete("/holds/{hold_id}", status_code=204)
async def give_hold_back(hold_id: str, hub: HubDep, trainer: Trainer) -> Response:
    """It is free again at once."""
    is_staff = trainer.role.covers(Role.STAFF)
    await hub.writer.run(lambda uow: holds.give_back(uow, hold_id, trainer.id, is_staff=is_staff))
    return Response(status_code=204)
