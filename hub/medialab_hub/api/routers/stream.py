"""The live stream of everything that changes."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from medialab_hub.api.deps import HubDep, Trainer
from medialab_hub.api.stream import EventStream

router = APIRouter(tags=["stream"])


@router.get("/stream", response_class=Response, responses={200: {"content": {"text/event-stream": {}}}})
async def open_stream(
    hub: HubDep,
    trainer: Trainer,
    last_event_id: Annotated[str | None, Header()] = None,
    since: int | None = None,
    gather_ms: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Response:
    """Events `device`, `device_gone`, `job`, `job_detail`, `batch`, `agent`, `issue`, `places`, `kit`, `model`,
    `institution`, `person`, `booking`, `waitlist`, `opening`, `scan_session`, `damage`, `supply`, `support_case`,
    `resync`.

    `id:` is the fleet sequence; what came after `Last-Event-ID` (or `since`) is sent again.
    Each event leaves at once, or with others at most once in `gather_ms`, which is easier on a screen."""
    seen = int(last_event_id) if last_event_id is not None and last_event_id.isdigit() else since
    return EventStream(hub.broadcaster, seen, lambda: hub.admission.is_live(trainer), gather_ms / 1000)
