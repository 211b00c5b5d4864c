"""Institutions: trainers look, staff write, import and export."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.bookings import BookingView
from medialab_hub.api.schemas.institutions import (
    Imported,
    InstitutionChange,
    InstitutionView,
    InstitutionWords,
    NewInstitution,
    Removed,
)
from medialab_hub.domain.institutions import Facts
from medialab_hub.services import institution_files, institution_rows, institutions
from medialab_hub.storage.unit_of_work import UnitOfWork

router = APIRouter(tags=["institutions"])
MOST = 500
"""Institutions in one answer."""
MOST_BOOKINGS = 200
"""Bookings of one in one answer."""
CSV = "text/csv"
_FILE = {"requestBody": {"required": True, "content": {CSV: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/institutions", response_model=list[InstitutionView])
async def list_institutions(
    hub: HubDep,
    _trainer: Trainer,
    query: Annotated[str, Query(max_length=120)] = "",
    archived: bool = False,
    most: int = Query(default=MOST, ge=1, le=MOST),
) -> Response:
    """Institutions by name, those whose name, number or place fits all words."""
    return as_json(await hub.read(lambda session: institution_rows.found(session, query, most, archived=archived)))


@router.get("/institutions/words", response_model=InstitutionWords)
async def institution_words(_trainer: Trainer) -> Response:
    """Kinds, forms of schools and roles of people in both languages."""
    return as_json(institution_rows.words())


@router.get("/institutions/export", response_class=Response, responses={200: {"content": {CSV: {}}}})
async def export_institutions(hub: HubDep, _trainer: Trainer) -> Response:
    """All of them as a table that Excel opens; it can be imported again."""
    data = await hub.read(institution_files.exported)
    headers = {"Content-Disposition": 'attachment; filename="institutions.csv"'}
    return Response(data, media_type=f"{CSV}; charset=utf-8", headers=headers)


@router.post("/institutions/import", response_model=Imported, openapi_extra=_FILE)
async def import_institutions(request: Request, hub: HubDep, staff: Staff, dry_run: bool = True) -> Response:
    """A table (CSV) of at most 1 MiB: what it would change, or with `dry_run=false` change it, all or nothing."""
    try:
        data = await request.body()
    except ClientDisconnect as error:
        raise institution_files.CUT_OFF from error
    if dry_run:
        return as_json(await hub.read(lambda session: institution_files.compared(session, data)))
    return as_json(await hub.writer.run(lambda uow: institution_files.take(uow, data, staff.id), durable=True))


@router.get("/institutions/{institution_id}", response_model=InstitutionView)
async def get_institution(institution_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """One institution."""
    return as_json(await hub.read(lambda session: institution_rows.one(session, institution_id)))


@router.get("/institutions/{institution_id}/bookings", response_model=list[BookingView])
async def list_bookings_of_institution(institution_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """What was booked for it, the latest first; 200 at most."""
    return as_json(await hub.read(lambda session: institution_rows.booked(session, institution_id, MOST_BOOKINGS)))


@router.post("/institutions", response_model=InstitutionView, status_code=201)
async def add_institution(body: NewInstitution, hub: HubDep, staff: Staff) -> Response:
    """A new institution."""
    facts = Facts(**body.model_dump(mode="json"))
    key = await hub.writer.run(lambda uow: institutions.add(uow, facts, staff.id), durable=True)
    return as_json(await hub.read(lambda session: institution_rows.one(session, key)), 201)


@router.patch("/institutions/{institution_id}", response_model=InstitutionView)
async def change_institution(institution_id: str, body: InstitutionChange, hub: HubDep, staff: Staff) -> Response:
    """Change it, say that its stamp was seen, archive it."""
    given = body.model_dump(mode="json", exclude_none=True, exclude={"version", "verified", "archived"})

    def change(uow: UnitOfWork) -> None:
        institutions.change(uow, institution_id, body.version, staff.id, **given)
        if body.verified is not None:
            institutions.verify(uow, institution_id, staff.id, seen=body.verified)
        if body.archived is not None:
            institutions.archive(uow, institution_id, staff.id, away=body.archived)

    await hub.writer.run(change, durable=True)
    return as_json(await hub.read(lambda session: institution_rows.one(session, institution_id)))


@router.delete("/institutions/{institution_id}", response_model=Removed)
async def remove_institution(institution_id: str, hub: HubDep, staff: Staff) -> Response:
    """Delete it; with bookings or people it is archived instead."""
    gone = await hub.writer.run(lambda uow: institutions.remove(uow, institution_id, staff.id), durable=True)
    return as_json({"archived": not gone})
