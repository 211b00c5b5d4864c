"""Scan sessions: opened, told what was scanned, looked at."""

from fastapi import APIRouter, Query
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.scans import NewScanSession, ScanBatch, ScanSessionOpened, ScanSessionView, ScansTaken
from medialab_hub.services import scan_rows, scanning

router = APIRouter(tags=["scans"])
MOST = 100
"""Sessions in one answer."""


@router.post("/scan-sessions", response_model=ScanSessionOpened, status_code=201)
async def start(body: NewScanSession, hub: HubDep, staff: Staff) -> Response:
    """A new session, or the one that was opened with the same key."""
    wish = scanning.Opening(**body.model_dump())
    key = await hub.writer.run(lambda uow: scanning.start(uow, wish, staff.id), durable=True)
    return as_json({"session": key}, 201)


@router.get("/scan-sessions", response_model=list[ScanSessionOpened])
async def list_sessions(hub: HubDep, _trainer: Trainer, most: int = Query(default=20, ge=1, le=MOST)) -> Response:
    """Sessions, the newest first."""
    return as_json(await hub.read(lambda session: scan_rows.latest(session, most)))


@router.get("/scan-sessions/{session_id}", response_model=ScanSessionView)
async def get_session(session_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """A session as it stands."""
    return as_json(await hub.read(lambda session: scan_rows.one(session, session_id)))


@router.post("/scan-sessions/{session_id}/events", response_model=ScansTaken)
async def take(session_id: str, body: ScanBatch, hub: HubDep, staff: Staff) -> Response:
    """Take events once, whatever order they come in, and carry out what they mean; send again what was not answered."""
    told = [scanning.Told(**one.model_dump()) for one in body.events]
    taken = await hub.writer.run(lambda uow: scanning.take(uow, session_id, told, staff.id), durable=True)
    view = await hub.read(lambda session: scan_rows.one(session, session_id))
    return as_json({**vars(taken), "session": view})
