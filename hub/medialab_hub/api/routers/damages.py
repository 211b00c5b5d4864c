"""Damage and loss: reported, shown in photos, printed for the insurer, closed."""

import asyncio
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Parts, Staff, Trainer
from medialab_hub.api.routers.photos import HEADERS, JPEG, whole
from medialab_hub.api.schemas.damages import DamageChange, DamageEnd, DamageView, NewDamage
from medialab_hub.api.schemas.photos import PHOTO_ID
from medialab_hub.services import damage_reports, damage_rows, damages
from medialab_hub.services.accounts import CENTRE, LANGUAGE
from medialab_hub.services.photo_refusals import NO_JPEG
from medialab_hub.services.photos import developed

router = APIRouter(tags=["damages"])
MOST = 500
"""Cases in one answer."""
PhotoPath = Annotated[str, Path(pattern=PHOTO_ID)]
_BODY = {"requestBody": {"required": True, "content": {JPEG: {"schema": {"type": "string", "format": "binary"}}}}}


@router.post("/damages", response_model=DamageView, status_code=201)
async def report(body: NewDamage, hub: HubDep, trainer: Trainer) -> Response:
    """What is damaged or lost is out of the plan from now on; promises move to others, or are broken and say so."""
    wish = damages.Report(**body.model_dump())
    key = await hub.writer.run(lambda uow: damages.report(uow, wish, trainer.id), durable=True)
    return await _one(hub, key, 201)


@router.get("/damages", response_model=list[DamageView])
async def list_damages(
    hub: HubDep,
    _trainer: Trainer,
    device: str | None = None,
    is_open: bool | None = None,
    most: int = Query(default=100, ge=1, le=MOST),
) -> Response:
    """Cases, the newest first."""
    return as_json(await hub.read(lambda session: damage_rows.some(session, device, is_open, most)))


@router.get("/damages/{case_id}", response_model=DamageView)
async def get_damage(case_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """One case."""
    return await _one(hub, case_id)


@router.patch("/damages/{case_id}", response_model=DamageView)
async def change(case_id: str, body: DamageChange, hub: HubDep, staff: Staff) -> Response:
    """Say it in other words."""
    await hub.writer.run(lambda uow: damages.change(uow, case_id, body.version, body.words, staff.id), durable=True)
    return await _one(hub, case_id)


@router.post("/damages/{case_id}/close", response_model=DamageView)
async def close(case_id: str, body: DamageEnd, hub: HubDep, staff: Staff) -> Response:
    """It is settled; nobody has to be kept for it any longer."""
    await hub.writer.run(lambda uow: damages.close(uow, case_id, body.outcome, staff.id), durable=True)
    return await _one(hub, case_id)


@router.put("/damages/{case_id}/photos/{photo_id}", response_model=DamageView, openapi_extra=_BODY)
async def keep_damage_photo(
    case_id: str, photo_id: PhotoPath, request: Request, hub: HubDep, trainer: Trainer
) -> Response:
    """A JPEG of at most 1,000,000 bytes and 1600 pixels a side; what the camera put beside the picture is removed."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JPEG:
        raise NO_JPEG
    shot = await asyncio.to_thread(developed, await whole(request))
    quota = hub.settings.photos_mb * 1_000_000
    sent = damages.Sent(photo_id, case_id, shot)
    await hub.writer.run(lambda uow: damages.keep_photo(uow, sent, quota, trainer.id), durable=True)
    return await _one(hub, case_id)


@router.get("/damages/{case_id}/photos/{photo_id}", response_class=Response, responses={200: {"content": {JPEG: {}}}})
async def get_photo(case_id: str, photo_id: PhotoPath, hub: HubDep, _trainer: Trainer) -> Response:
    """The picture."""
    data = await hub.read(lambda session: damages.photo(session, case_id, photo_id))
    return Response(data, media_type=JPEG, headers=HEADERS)


@router.delete("/damages/{case_id}/photos/{photo_id}", status_code=204)
async def remove_photo(case_id: str, photo_id: PhotoPath, hub: HubDep, staff: Staff) -> Response:
    """Erase it."""
    await hub.writer.run(lambda uow: damages.remove_photo(uow, case_id, photo_id, staff.id), durable=True)
    return Response(status_code=204)


@router.get(
    "/damages/{case_id}/report.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_report(
    case_id: str, hub: HubDep, _staff: Staff, language: Literal["de", "en"] | None = None
) -> Response:
    """For the insurer, as tagged PDF: the device, its value, what happened, the photos; no person is named."""
    settings = hub.admission.settings
    lab = settings.get(CENTRE) or "MediaLab"
    found = await hub.read(lambda session: damage_reports.report_of(session, case_id, lab, hub.clock.now()))
    chosen = language or settings.get(LANGUAGE, "de")
    pdf = await asyncio.to_thread(hub.damage_reports.make, found, chosen, ZoneInfo(hub.settings.timezone))
    headers = {"Content-Disposition": f'inline; filename="{case_id}.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def _one(hub: Parts, case_id: str, status: int = 200) -> Response:
    return as_json(await hub.read(lambda session: damage_rows.one(session, case_id)), status)
