"""Reports about whole years, and the audit of the journal."""

import asyncio
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import Admin, HubDep, Parts, Staff, Trainer
from medialab_hub.api.query import described, query_of
from medialab_hub.api.schemas.reports import AnnualReportView, AuditView, RefusedWish, WhatIf
from medialab_hub.domain.annual_reports import YearKind
from medialab_hub.services import annual_reports, freedom, unmet_demand
from medialab_hub.services.accounts import CENTRE, LANGUAGE
from medialab_hub.services.annual_sheet import sheet_of
from medialab_hub.services.audit import audit
from medialab_hub.services.unmet_demand import NOT_FREE, Refusal
from medialab_hub.services.wishes import LineWish

router = APIRouter(tags=["reports"])


class YearQuery(BaseModel):
    """Which year: the calendar year, or the school year that begins in it. Without one, the present one."""

    year: int | None = Field(default=None, ge=2000, le=2199)
    kind: YearKind = YearKind.CALENDAR
    language: Literal["de", "en"] | None = None


Asked = Annotated[YearQuery, Depends(query_of(YearQuery))]


@router.get("/reports/annual.json", response_model=AnnualReportView, openapi_extra=described(YearQuery))
async def show_annual_report(hub: HubDep, _staff: Staff, asked: Asked) -> Response:
    """The report of a year as data."""
    return as_json(await _report(hub, asked))


@router.get(
    "/reports/annual.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
    openapi_extra=described(YearQuery),
)
async def save_annual_report(hub: HubDep, _staff: Staff, asked: Asked) -> Response:
    """The same as a table for a spreadsheet."""
    report = await _report(hub, asked)
    table = sheet_of(report, _language(hub, asked))
    return Response(table, media_type="text/csv; charset=utf-8", headers=_named(report, "csv", "attachment"))


@router.get(
    "/reports/annual.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
    openapi_extra=described(YearQuery),
)
async def print_annual_report(hub: HubDep, _staff: Staff, asked: Asked) -> Response:
    """The same on paper, as tagged PDF."""
    report = await _report(hub, asked)
    lab = hub.admission.settings.get(CENTRE) or "MediaLab"
    pdf = await asyncio.to_thread(hub.annual_reports.make, report, lab, _language(hub, asked))
    return Response(pdf, media_type="application/pdf", headers=_named(report, "pdf", "inline"))


@router.get("/reports/what-if", response_model=WhatIf)
async def what_if(
    hub: HubDep,
    _staff: Staff,
    model: str,
    more: int = Query(default=1, ge=1, le=500),
    year: int | None = Query(default=None, ge=2000, le=2199),
    kind: YearKind = YearKind.CALENDAR,
) -> Response:
    """How many refused wishes of a year would have been served with so many more of a model."""
    zone, chosen = ZoneInfo(hub.settings.timezone), _year(hub, kind, year)
    return as_json(await hub.read(lambda session: annual_reports.what_if(session, model, more, kind, chosen, zone)))


@router.post("/unmet-demand", status_code=204)
async def count_refused(body: RefusedWish, hub: HubDep, _trainer: Trainer) -> Response:
    """Somebody wanted what is not free, and took nothing else; the same wish within a day counts once."""
    lines = [LineWish(model=body.model, quantity=body.quantity)]
    refusal = Refusal(lines, freedom.asked(body.starts, body.ends), NOT_FREE, body.institution)
    await hub.writer.run(lambda uow: unmet_demand.refuse(uow, refusal))
    return Response(status_code=204)


@router.get("/journal/check", response_model=AuditView)
async def check_journal(hub: HubDep, _admin: Admin) -> Response:
    """Follow the chain of the journal to its end, and compare every record with its checksum."""
    found = await hub.read(audit)
    return as_json({**vars(found), "is_whole": found.is_whole})


async def _report(hub: Parts, asked: YearQuery) -> annual_reports.Row:
    zone, now, year = ZoneInfo(hub.settings.timezone), hub.clock.now(), _year(hub, asked.kind, asked.year)
    return await hub.read(lambda session: annual_reports.shown(session, asked.kind, year, zone, now))


def _year(hub: Parts, kind: YearKind, year: int | None) -> int:
    if year is not None:
        return year
    return annual_reports.present_year(kind, hub.clock.now().astimezone(ZoneInfo(hub.settings.timezone)).date())


def _language(hub: Parts, asked: YearQuery) -> str:
    return asked.language or hub.admission.settings.get(LANGUAGE, "de")


def _named(report: annual_reports.Row, kind: str, how: str) -> dict[str, str]:
    name = f"medialab-{report['kind']}-{report['year']}.{kind}"
    return {"Content-Disposition": f'{how}; filename="{name}"', "Cache-Control": "no-store"}
