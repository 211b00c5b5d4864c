"""The report of a year, read from facts that name nobody, with the words for what it tells apart."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from medialab_hub.catalogue.areas import AREAS
from medialab_hub.domain.annual_reports import SCHOOL_BEGINS, Dimension, Measures, Year, YearKind, report_of, year_of
from medialab_hub.domain.institutions import KINDS, SCHOOL_FORMS
from medialab_hub.domain.loan_facts import Loan, Owned, Refused
from medialab_hub.domain.more_of_them import with_more
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import annual_reports, loan_facts, models, unmet_demand
from medialab_hub.storage.session import Session
from medialab_wire.texts import Text

Row = dict[str, Any]
NONE = {
    Dimension.INSTITUTION_KIND: Text(de="Ohne Einrichtung", en="No institution"),
    Dimension.SCHOOL_FORM: Text(de="Keine Schule oder ohne Angabe", en="No school, or not known"),
    Dimension.MUNICIPALITY: Text(de="Ohne Angabe", en="Not known"),
    Dimension.AREA: Text(de="Keinem Bereich zugeordnet", en="Not in any area"),
    Dimension.MODEL: Text(de="Ohne Modell", en="No model"),
}
"""What the group is called to which belongs what belongs to none."""
GONE = Text(de="Gelöschtes Modell", en="Deleted model")


class Parts(NamedTuple):
    """What a report is made of."""

    year: Year
    loans: list[Loan]
    refused: list[Refused]
    owned: list[Owned]


def parts_of(session: Session, year: Year) -> Parts:
    """Everything that touches the year."""
    start, end = year.midnights[0], year.midnights[-1]
    return Parts(
        year,
        loan_facts.between(session, start, end),
        unmet_demand.between(session, start, end),
        annual_reports.owned_between(session, start, end),
    )


def shown(session: Session, kind: YearKind, year: int, zone: ZoneInfo, now: datetime) -> Row:
    """The fields of `AnnualReportView`."""
    parts = parts_of(session, year_of(kind, year, zone))
    report = report_of(parts.year, parts.loans, parts.refused, parts.owned, now)
    names = _namers(session)
    return {
        "kind": kind.value,
        "year": year,
        "first": report.year.first.isoformat(),
        "last": report.year.last.isoformat(),
        "made": stamp(now),
        "total": _measures(report.total),
        "groups": {
            dimension.value: [
                {"key": key, "name": _name(names, dimension, key).model_dump(), **_measures(measures)}
                for key, measures in found.items()
            ]
            for dimension, found in report.groups.items()
        },
        "programmes": _programmes(session, parts, now),
    }


def _programmes(session: Session, parts: Parts, now: datetime) -> list[Row]:
    """Use of what each funding programme paid for, as it is entered now."""
    funded = annual_reports.funded(session)
    owned = [one._replace(model=funded[one.device].programme) for one in parts.owned if one.device in funded]
    loans = [one._replace(model=funded[one.device].programme) for one in parts.loans if one.device in funded]
    found = report_of(parts.year, loans, (), owned, now).groups[Dimension.MODEL]
    devices = Counter(one.model for one in owned)
    bound = Counter(one.model for one in owned if (funded[one.device].bound_until or date.min) >= parts.year.last)
    return [
        {
            "programme": programme,
            "devices": devices[programme],
            "bound": bound[programme],
            **{name: getattr(measures, name) for name in ("loans", "items", "loan_days", "utilisation")},
        }
        for programme, measures in found.items()
    ]


def present_year(kind: YearKind, today: date) -> int:
    """In which calendar year the one began that it is now."""
    return today.year - (kind is YearKind.SCHOOL and today.month < SCHOOL_BEGINS)


def what_if(session: Session, model_id: str, more: int, kind: YearKind, year: int, zone: ZoneInfo) -> Row:
    """The fields of `WhatIf`. Raises `NotFound`."""
    if models.get(session, model_id) is None:
        raise no_such("model", model_id)
    midnights = year_of(kind, year, zone).midnights
    refused = unmet_demand.between(session, midnights[0], midnights[-1], model_id)
    return {"model": model_id, **asdict(with_more(refused, more))}


def _measures(one: Measures) -> Row:
    return {**asdict(one), "utilisation": one.utilisation, "on_time_rate": one.on_time_rate}


def _namers(session: Session) -> Mapping[Dimension, Callable[[str], Text | None]]:
    known = {model.id: Text.same(model.name) for model in models.every(session)}
    kinds = {str(key): text for key, text in KINDS.items()}
    return {
        Dimension.INSTITUTION_KIND: kinds.get,
        Dimension.SCHOOL_FORM: SCHOOL_FORMS.get,
        Dimension.MUNICIPALITY: lambda key: Text.same(key.partition("\t")[0]),
        Dimension.AREA: lambda key: _numbered(key),
        Dimension.MODEL: lambda key: known.get(key, GONE),
    }


def _numbered(area: str) -> Text | None:
    text = AREAS.get(area)
    return None if text is None else Text(de=f"{area} {text.de}", en=f"{area} {text.en}")


def _name(names: Mapping[Dimension, Callable[[str], Text | None]], dimension: Dimension, key: str) -> Text:
    return NONE[dimension] if not key else names[dimension](key) or Text.same(key)
