"""The report of a year, read from facts that name nobody, with the words for what it tells apart."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from medialab_hub.catalogue.areas import AREAS
from medialab_hub.domain.annual_reports import AnnualReport, Dimension, Measures, YearKind, report_of, year_of
from medialab_hub.domain.institutions import KINDS, SCHOOL_FORMS
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


def annual(session: Session, kind: YearKind, year: int, zone: ZoneInfo, now: datetime) -> AnnualReport:
    """The report as it is now; of a year that is over only an undo or a late return changes it."""
    asked = year_of(kind, year, zone)
    start, end = asked.midnights[0], asked.midnights[-1]
    return report_of(
        asked,
        loan_facts.between(session, start, end),
        unmet_demand.between(session, start, end),
        annual_reports.owned_between(session, start, end),
        now,
    )


def shown(session: Session, kind: YearKind, year: int, zone: ZoneInfo, now: datetime) -> Row:
    """The fields of `AnnualReportView`."""
    report = annual(session, kind, year, zone, now)
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
    }


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
