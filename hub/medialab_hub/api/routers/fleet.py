"""Lists from memory: devices, the whole fleet, agents, issues. None of them asks the database."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response

from medialab_hub.api.answers import JSON, as_json, unchanged
from medialab_hub.api.deps import HubDep, Trainer
from medialab_hub.api.query import described, query_of
from medialab_hub.api.schemas.agents import AgentView
from medialab_hub.api.schemas.devices import DevicePage, DeviceQuery, FleetSnapshot
from medialab_hub.api.schemas.issues import IssueView
from medialab_hub.services.agent_rows import AGENTS
from medialab_hub.services.fleet import FleetPage, FleetQuery
from medialab_hub.services.issue_rows import ISSUES

router = APIRouter(tags=["fleet"])

IfNoneMatch = Annotated[str | None, Header()]


@router.get("/devices", response_model=DevicePage, openapi_extra=described(DeviceQuery))
async def list_devices(
    request: Request, hub: HubDep, _trainer: Trainer, asked: Annotated[DeviceQuery, Depends(query_of(DeviceQuery))]
) -> Response:
    """Devices by name; retired ones only when asked for by status."""
    tag = hub.snapshots.tag()
    if (same := unchanged(request.headers.get("if-none-match"), tag)) is not None:
        return same
    query = FleetQuery(asked.q, asked.status, asked.kind, asked.location, asked.station, asked.kit, asked.adopted)
    return Response(_encode(hub.fleet.page(query, asked.after, asked.limit)), media_type=JSON, headers=_cached(tag))


@router.get("/fleet", response_model=FleetSnapshot)
async def show_fleet(
    hub: HubDep, _trainer: Trainer, if_none_match: IfNoneMatch = None, accept_encoding: IfNoneMatch = None
) -> Response:
    """Every device, as columns."""
    tag = hub.snapshots.tag()
    if (same := unchanged(if_none_match, tag)) is not None:
        return same
    headers = {**_cached(tag), "Vary": "Accept-Encoding"}
    if "gzip" not in (accept_encoding or ""):
        return Response(hub.fleet.snapshot(), media_type=JSON, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(await hub.snapshots.packed(), media_type=JSON, headers=headers)


@router.get("/agents", response_model=list[AgentView])
async def list_agents(hub: HubDep, _trainer: Trainer) -> Response:
    """All agents."""
    return as_json(hub.fleet.every(AGENTS))


@router.get("/issues", response_model=list[IssueView])
async def list_issues(hub: HubDep, _trainer: Trainer) -> Response:
    """What needs attention, oldest first."""
    return as_json(hub.fleet.every(ISSUES))


def _cached(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": "private, no-cache"}


def _encode(page: FleetPage) -> bytes:
    after = b"null" if page.after is None else b'"%s"' % page.after.encode()
    return b'{"items":[%s],"total":%d,"after":%s,"seq":%d}' % (b",".join(page.items), page.total, after, page.seq)
