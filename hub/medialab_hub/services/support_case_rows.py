"""What is shown of questions and defects, and that they changed."""

from collections.abc import Collection, Iterable

from medialab_hub.checks.finding import SupportFact
from medialab_hub.services.names import name_of
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import support_cases
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Device, SupportCase


def find(session: Session, device: str | None, *, is_open: bool | None) -> list[Row]:
    """The latest first, each with its history."""
    return _views(session, support_cases.find(session, device, is_open=is_open))


def facts(session: Session) -> list[SupportFact]:
    """What the checks look at: those that are open."""
    return [
        SupportFact(row["id"], row["device"], row["device_name"], row["topic"])
        for row in find(session, None, is_open=True)
    ]


def _views(session: Session, found: Iterable[SupportCase]) -> list[Row]:
    found = list(found)
    history: dict[str, list[Row]] = {case.id: [] for case in found}
    for entry in support_cases.entries(session, list(history)):
        by = name_of(session, entry.actor)
        said = {"at": stamp(entry.at), "by": None if by is None else by.model_dump(), "words": entry.words}
        history[entry.case_id].append(said)
    return [{**_view(session, case), "history": history[case.id]} for case in found]


def _view(session: Session, case: SupportCase) -> Row:
    device = session.get(Device, case.device_id)
    return {
        "id": case.id,
        "device": case.device_id,
        "device_name": "" if device is None else device.name,
        "topic": case.topic,
        "booking": case.booking_id,
        "opened": stamp(case.opened_at),
        "closed": stamp(case.closed_at),
        "of_guest": not case.opened_by,
        "version": case.version,
    }


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    found = (support_cases.get(session, key) for key in ids)
    return {row["id"]: row for row in _views(session, [case for case in found if case is not None])}


SUPPORT_CASES = Noun("support_case", _rows)
