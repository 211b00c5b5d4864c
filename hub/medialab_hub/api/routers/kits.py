"""Kits: class sets and cases that are handed out as one."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.kits import KitChange, KitView, NewKit
from medialab_hub.domain.kits import readiness_of
from medialab_hub.services import kits
from medialab_hub.services.kit_rows import KITS
from medialab_hub.storage.unit_of_work import UnitOfWork

router = APIRouter(tags=["kits"])


@router.get("/kits", response_model=list[KitView])
async def list_kits(hub: HubDep, _trainer: Trainer) -> Response:
    """All kits by name, and how ready each is."""
    words = hub.fleet.statuses_by_kit()
    return as_json([{**row, **asdict(readiness_of(words.get(row["id"], {})))} for row in hub.fleet.every(KITS)])


@router.post("/kits", response_model=KitView, status_code=201)
async def add_kit(body: NewKit, hub: HubDep, staff: Staff) -> Response:
    """A new kit."""
    key = await hub.writer.run(lambda uow: kits.add(uow, body.name, body.devices, staff.id), durable=True)
    return as_json(KitView(id=key, name=body.name.strip(), devices=len(set(body.devices))), 201)


@router.patch("/kits/{kit_id}", status_code=204)
async def change_kit(kit_id: str, body: KitChange, hub: HubDep, staff: Staff) -> Response:
    """Rename it, put devices in, take devices out."""

    def change(uow: UnitOfWork) -> None:
        if body.name is not None:
            kits.rename(uow, kit_id, body.name, staff.id)
        kits.take_out(uow, kit_id, body.take_out, staff.id)
        kits.put_in(uow, kit_id, body.put_in, staff.id)

    await hub.writer.run(change, durable=True)
    return Response(status_code=204)


@router.delete("/kits/{kit_id}", status_code=204)
async def remove_kit(kit_id: str, hub: HubDep, staff: Staff) -> Response:
    """A kit that is no longer used; its devices stay."""
    await hub.writer.run(lambda uow: kits.remove(uow, kit_id, staff.id), durable=True)
    return Response(status_code=204)
