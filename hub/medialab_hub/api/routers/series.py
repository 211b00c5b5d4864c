"""Bookings that come again: shown before they are saved, saved whole or not at all."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Trainer
from medialab_hub.api.routers.bookings import wish_of
from medialab_hub.api.schemas.series import NewSeries, SeriesMade
from medialab_hub.domain.series import Rhythm
from medialab_hub.services import series

router = APIRouter(tags=["bookings"])


@router.post("/bookings/series", response_model=SeriesMade)
async def book_series(body: NewSeries, hub: HubDep, trainer: Trainer, dry_run: bool = False) -> Response:
    """With `dry_run` every date with free or why not; else all of them, or none and the days that are not possible."""
    wish, rhythm = wish_of(body.booking, hub, trainer), _rhythm(body, ZoneInfo(hub.settings.timezone), hub)
    if dry_run:
        dates = await hub.writer.run(lambda uow: series.preview(uow, wish, rhythm, trainer.id))
        return as_json({"series": None, "bookings": [], "dates": dates})
    key, made = await hub.writer.run(lambda uow: series.make(uow, wish, rhythm, trainer.id), durable=True)
    return as_json({"series": key, "bookings": made, "dates": []})


def _rhythm(body: NewSeries, zone: ZoneInfo, hub: HubDep) -> Rhythm:
    starts = body.booking.starts or hub.clock.now()
    rest = body.rhythm.model_dump(exclude={"weekdays", "leave_out"})
    return Rhythm(
        starts=starts.astimezone(zone).replace(tzinfo=None),
        ends=body.booking.ends.astimezone(zone).replace(tzinfo=None),
        weekdays=frozenset(day for day in body.rhythm.weekdays if 0 <= day < 7),
        leave_out=frozenset(body.rhythm.leave_out),
        **rest,
    )
