"""The hub itself: health, facts, journal, the description of this API."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import Admin, HubDep, Signed
from medialab_hub.api.schemas.system import Health, JournalEntry, JournalPage, SystemView
from medialab_hub.settings import VERSION
from medialab_hub.storage import journal

router = APIRouter(tags=["system"])

PAGE = 100


@router.get("/healthz", response_model=Health)
async def show_health(hub: HubDep) -> Response:
    """`ok`, or `degraded` when broker or database do not work."""
    is_healthy = await hub.is_healthy()
    return as_json(Health(status="ok" if is_healthy else "degraded", version=VERSION), 200 if is_healthy else 503)


@router.get("/system", response_model=SystemView)
async def show_system(hub: HubDep, _admin: Admin) -> Response:
    """What runs and what that means."""
    return as_json(SystemView(**vars(hub.facts), seq=hub.fleet.seq))


@router.get("/journal", response_model=JournalPage)
async def show_journal(hub: HubDep, _admin: Admin, before: int | None = None) -> Response:
    """What happened, newest first."""
    rows = await hub.read(lambda session: journal.newest(session, before, PAGE))
    items = [
        JournalEntry(seq=row.seq, at=row.at, kind=row.kind, subject=row.subject, actor=row.actor, data=row.data)
        for row in rows
    ]
    return as_json(JournalPage(items=items, before=items[-1].seq if len(items) == PAGE else None))


api_description = APIRouter(include_in_schema=False)


@api_description.get("/api/openapi.json")
async def show_openapi(request: Request, _signed: Signed) -> Response:
    """This API as OpenAPI 3.1."""
    return as_json(request.app.openapi())
