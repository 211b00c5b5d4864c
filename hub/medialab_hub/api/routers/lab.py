"""What every screen shares beside the devices, in one answer: a page that starts waits once and not for each list."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Trainer
from medialab_hub.api.schemas.lab import LabSnapshot
from medialab_hub.services import views

router = APIRouter(tags=["lab"])

OPEN_JOBS = 200


@router.get("/lab", response_model=LabSnapshot)
async def show_lab(hub: HubDep, _trainer: Trainer) -> Response:
    """Open jobs, issues, agents, drivers and places."""
    # Read before everything else: what changes meanwhile is told again by the stream and lost by nobody.
    seq = hub.fleet.seq
    rows = await hub.read(lambda session: views.lab_view(session, OPEN_JOBS))
    return as_json({"seq": seq, **rows, "issues": hub.fleet.issues(), "agents": hub.fleet.agents()})
