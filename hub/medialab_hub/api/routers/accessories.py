"""Accessories: lists of models and kits, and ticking them off when things go and come."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.accessories import AccessoryList, AccessoryLook, NewAccessoryList, Part, TickList
from medialab_hub.domain.accessories import Piece
from medialab_hub.services import accessories

router = APIRouter(tags=["accessories"])


@router.get("/models/{model_id}/accessories", response_model=AccessoryList)
async def of_model(model_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """What belongs to each device of a model."""
    return as_json(await hub.read(lambda session: accessories.of_model(session, model_id)))


@router.put("/models/{model_id}/accessories", response_model=AccessoryList)
async def put_of_model(model_id: str, body: NewAccessoryList, hub: HubDep, staff: Staff) -> Response:
    """The whole list; empty: that of the catalogue."""
    pieces = _pieces(body.items)
    await hub.writer.run(lambda uow: accessories.put_of_model(uow, model_id, pieces, staff.id), durable=True)
    return as_json(await hub.read(lambda session: accessories.of_model(session, model_id)))


@router.get("/kits/{kit_id}/accessories", response_model=AccessoryList)
async def of_kit(kit_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """What belongs to a case itself."""
    return as_json(await hub.read(lambda session: accessories.of_kit(session, kit_id)))


@router.put("/kits/{kit_id}/accessories", response_model=AccessoryList)
async def put_of_kit(kit_id: str, body: NewAccessoryList, hub: HubDep, staff: Staff) -> Response:
    """The whole list."""
    pieces = _pieces(body.items)
    await hub.writer.run(lambda uow: accessories.put_of_kit(uow, kit_id, pieces, staff.id), durable=True)
    return as_json(await hub.read(lambda session: accessories.of_kit(session, kit_id)))


@router.get("/bookings/{booking_id}/accessories", response_model=list[TickList])
async def tick_list(booking_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """What has to be ticked off for a booking, and what was missing."""
    return as_json(await hub.read(lambda session: accessories.tick_list(session, booking_id)))


@router.post("/bookings/{booking_id}/accessories", response_model=list[TickList])
async def check(booking_id: str, body: AccessoryLook, hub: HubDep, trainer: Trainer) -> Response:
    """Note what is missing; what is looked at and not named is there."""
    looked = [accessories.Looked(one.device, one.kit, one.missing) for one in body.things]
    await hub.writer.run(lambda uow: accessories.check(uow, booking_id, body.look, looked, trainer.id), durable=True)
    return as_json(await hub.read(lambda session: accessories.tick_list(session, booking_id)))


def _pieces(items: Sequence[Part]) -> list[Piece]:
    return [Piece(item.name, item.count) for item in items]
