"""What is used up: filament, face pads, batteries."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.supplies import NewSupply, NewSupplyMove, SupplyChange, SupplyMoveView, SupplyView
from medialab_hub.services import supplies, supply_rows
from medialab_hub.services.supplies import Kept, Move

router = APIRouter(tags=["supplies"])


@router.get("/supplies", response_model=list[SupplyView])
async def list_supplies(hub: HubDep, _trainer: Trainer) -> Response:
    """All of them by name, with what is there."""
    return as_json(await hub.read(supply_rows.every))


@router.post("/supplies", status_code=201, response_model=list[SupplyView])
async def add_supply(body: NewSupply, hub: HubDep, staff: Staff) -> Response:
    """One more; answers all of them."""
    kept = Kept(body.name, body.unit, body.minimum)
    await hub.writer.run(lambda uow: supplies.add(uow, kept, staff.id), durable=True)
    return as_json(await hub.read(supply_rows.every), 201)


@router.put("/supplies/{supply_id}", response_model=list[SupplyView])
async def change_supply(supply_id: str, body: SupplyChange, hub: HubDep, staff: Staff) -> Response:
    """Another name, unit or minimum; answers all of them."""
    kept = Kept(body.name, body.unit, body.minimum)
    await hub.writer.run(lambda uow: supplies.change(uow, supply_id, body.version, kept, staff.id), durable=True)
    return as_json(await hub.read(supply_rows.every))


@router.delete("/supplies/{supply_id}", status_code=204)
async def remove_supply(supply_id: str, hub: HubDep, staff: Staff) -> Response:
    """It is kept no more."""
    await hub.writer.run(lambda uow: supplies.remove(uow, supply_id, staff.id), durable=True)
    return Response(status_code=204)


@router.get("/supplies/{supply_id}/moves", response_model=list[SupplyMoveView])
async def list_supply_moves(supply_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """What changed its stock, the latest first."""
    return as_json(await hub.read(lambda session: supply_rows.moves(session, supply_id)))


@router.post("/supplies/{supply_id}/moves", status_code=201, response_model=list[SupplyView])
async def move_supply(supply_id: str, body: NewSupplyMove, hub: HubDep, trainer: Trainer) -> Response:
    """Note that some came or went; answers all of them. 409 `not-that-many` for more than there is."""
    wish = Move(body.kind, body.quantity, body.booking, body.client_key)
    await hub.writer.run(lambda uow: supplies.move(uow, supply_id, wish, trainer.id), durable=True)
    return as_json(await hub.read(supply_rows.every), 201)
