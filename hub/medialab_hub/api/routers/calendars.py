"""Calendar feeds: staff make and revoke them; whoever has the address of one reads it."""

import asyncio
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header
from starlette.responses import Response

from medialab_hub.api.answers import as_json, unchanged
from medialab_hub.api.deps import HubDep, Staff
from medialab_hub.api.schemas.calendars import FeedMade, FeedView, NewFeedBody
from medialab_hub.services import calendars
from medialab_hub.services.calendars import NewFeed

router = APIRouter(tags=["calendars"])
ICS = "text/calendar"


@router.get("/calendars", response_model=list[FeedView])
async def list_feeds(hub: HubDep, _staff: Staff) -> Response:
    """All feeds that are not revoked."""
    return as_json(await hub.read(calendars.every))


@router.post("/calendars", response_model=FeedMade, status_code=201)
async def add_feed(body: NewFeedBody, hub: HubDep, staff: Staff) -> Response:
    """A new feed, with its address."""
    wish = NewFeed(body.scope, body.subject, body.public)
    key, secret = await hub.writer.run(lambda uow: calendars.add(uow, wish, staff.id), durable=True)
    return as_json(FeedMade(id=key, path=f"/api/v1/calendar/{secret}.ics"), 201)


@router.delete("/calendars/{feed_id}", status_code=204)
async def revoke_feed(feed_id: str, hub: HubDep, staff: Staff) -> Response:
    """Its address answers no more."""
    await hub.writer.run(lambda uow: calendars.revoke(uow, feed_id, staff.id), durable=True)
    return Response(status_code=204)


@router.get("/calendar/{token}.ics", response_class=Response, responses={200: {"content": {ICS: {}}}})
async def read_feed(token: str, hub: HubDep, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """The calendar (RFC 5545) behind an address. No person is named in it."""
    now, zone = hub.clock.now(), ZoneInfo(hub.settings.timezone)
    feed = await hub.read(lambda session: calendars.feed_of(session, token, now))
    tag = hub.calendars.tag_of(feed, zone)
    if (same := unchanged(if_none_match, tag)) is not None:
        return same
    data = await asyncio.to_thread(hub.calendars.write, feed, zone)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    return Response(data, media_type=f"{ICS}; charset=utf-8", headers=headers)
