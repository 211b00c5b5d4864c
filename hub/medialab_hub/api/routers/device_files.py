"""Devices from a table and into one."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff
from medialab_hub.api.schemas.device_files import DevicesImported
from medialab_hub.services import device_files
from medialab_hub.services.institution_files import CUT_OFF

router = APIRouter(tags=["devices"])
CSV = "text/csv"
_FILE = {"requestBody": {"required": True, "content": {CSV: {"schema": {"type": "string", "format": "binary"}}}}}
Seen = Annotated[str | None, Query(pattern=r"^[0-9a-f]{64}$")]


@router.get("/device-files", response_class=Response, responses={200: {"content": {CSV: {}}}})
async def export_devices(hub: HubDep, _staff: Staff) -> Response:
    """The inventory as a table that Excel opens; it can be imported again."""
    data = await hub.read(device_files.exported)
    headers = {"Content-Disposition": 'attachment; filename="devices.csv"'}
    return Response(data, media_type=f"{CSV}; charset=utf-8", headers=headers)


@router.post("/device-files", response_model=DevicesImported, openapi_extra=_FILE)
async def import_devices(
    request: Request, hub: HubDep, staff: Staff, seen: Seen = None, people: bool = False
) -> Response:
    """A table (CSV) of at most 1 MiB, in our layout or exported by Snipe-IT: what it would change.

    With `seen` of that answer the very same is done. `people`: also add those to whom things were lent there."""
    try:
        data = await request.body()
    except ClientDisconnect as error:
        raise CUT_OFF from error
    if seen is None:
        return as_json(await hub.read(lambda session: device_files.compared(session, data, people=people)))
    told = await hub.writer.run(lambda uow: device_files.take(uow, data, seen, staff.id, people=people), durable=True)
    return as_json(told)
