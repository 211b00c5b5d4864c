"""Everything in one file, to be kept or carried elsewhere."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from medialab_hub.api.deps import HubDep, Staff
from medialab_hub.api.problems import ROLE
from medialab_hub.domain.roles import Role
from medialab_hub.services.exporting import note_export

router = APIRouter(tags=["system"])
ZIP = "application/zip"


@router.get("/export.zip", response_class=Response, responses={200: {"content": {ZIP: {}}}})
async def export_everything(hub: HubDep, staff: Staff, people: bool = False) -> Response:
    """Every table as CSV and as JSON lines. `people`: also people and what somebody wrote, for administrators only."""
    if people and not staff.role.covers(Role.ADMIN):
        raise ROLE
    await hub.writer.run(lambda uow: note_export(uow, staff.id, people=people), durable=True)
    archive = await asyncio.to_thread(hub.exporter.make, people=people)
    name = f"medialab-{hub.clock.now():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(hub.exporter.chunks(archive), media_type=ZIP, headers=headers)
