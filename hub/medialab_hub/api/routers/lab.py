"""What a page that starts needs beside the devices, in one answer: it waits once and not for each list."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Trainer
from medialab_hub.api.schemas.lab import LabSnapshot
from medialab_hub.api.sessions import session_view
from medialab_hub.services import views
from medialab_hub.services.agent_rows import AGENTS
from medialab_hub.services.issue_rows import ISSUES
from medialab_hub.services.kit_rows import KITS

router = APIRouter(tags=["lab"])

OPEN_JOBS = 200


@router.get("/lab", response_model=LabSnapshot)
async def show_lab(request: Request, hub: HubDep, trainer: Trainer) -> Response:
    """Who asks, how many devices have each status, open jobs, issues, agents, drivers, places and kits."""
    # Read before everything else: what changes meanwhile is told again by the stream and lost by nobody.
    seq = hub.fleet.seq
    rows = await hub.read(lambda session: views.lab_view(session, OPEN_JOBS))
    live = {"counts": hub.fleet.counts(), "issues": hub.fleet.every(ISSUES), "agents": hub.fleet.every(AGENTS)}
    live["kits"] = hub.fleet.every(KITS)
    return as_json({"seq": seq, "session": session_view(request, hub, trainer), **rows, **live})
