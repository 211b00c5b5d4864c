"""Opening hours, closures and holidays."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.base import Instant
from medialab_hub.api.schemas.opening import LoanEnd, OpeningFields, OpeningView
from medialab_hub.domain.opening import DayKind
from medialab_hub.services import opening
from medialab_hub.services.opening import ClosureWish, OpeningWish
from medialab_hub.storage.session import Session

router = APIRouter(tags=["opening"])


@router.get("/opening", response_model=OpeningView)
async def get_opening(hub: HubDep, _trainer: Trainer) -> Response:
    """When the centre is open."""
    now, zone = hub.clock.now(), ZoneInfo(hub.settings.timezone)
    return as_json(await hub.read(lambda session: opening.view(session, now, zone)))


@router.put("/opening", status_code=204)
async def put_opening(body: OpeningFields, hub: HubDep, staff: Staff) -> Response:
    """Enter all hours and closures at once."""
    wish = OpeningWish(
        version=body.version,
        hours=body.hours,
        closures=[ClosureWish(one.first, one.last, one.reason.strip()) for one in body.closures],
        closes_in_school_holidays=body.closes_in_school_holidays,
    )
    await hub.writer.run(lambda uow: opening.change(uow, wish, staff.id), durable=True)
    return Response(status_code=204)


@router.get("/opening/loan-end", response_model=LoanEnd)
async def loan_end(
    hub: HubDep,
    _trainer: Trainer,
    count: Annotated[int, Query(ge=0, le=366)],
    starts: Instant | None = None,
    days: DayKind = DayKind.CALENDAR,
) -> Response:
    """When a loan of so many calendar, open or school days is to be back: at closing time of an open day."""
    start, zone = starts or hub.clock.now(), ZoneInfo(hub.settings.timezone)

    def look(session: Session) -> dict[str, str]:
        return opening.loan_end_of(opening.calendar_of(session, zone), start, count, days)

    return as_json(await hub.read(look))
