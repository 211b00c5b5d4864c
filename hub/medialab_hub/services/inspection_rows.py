"""What is shown of safety tests, and from when on devices must not be lent because of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from medialab_hub.domain.inspections import Due, due_of
from medialab_hub.services.names import name_of
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import devices, inspections
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Device, Inspection, Model

Row = dict[str, Any]
LAB = ZoneInfo("Europe/Berlin")
"""Where the centre is: all of them are in North Rhine-Westphalia."""


def due_of_device(session: Session, device: Device) -> Due | None:
    """From when on this device must not be lent; None: nothing is due."""
    model = None if device.model_id is None else session.get(Model, device.model_id)
    tests = inspections.last_of_device(session, device.id)
    return due_of(tests, None if model is None else model.test_months, LAB)


def due_of_models(session: Session, found: Iterable[Model], keys: Mapping[str, Iterable[str]]) -> dict[str, datetime]:
    """For each of these devices, given by model, whose test falls due: from when on its *time*, turnaround included,
    is no longer to be promised. A loan must end before the test is due; what is done after it may still follow."""
    found = list(found)
    tests = inspections.last_of_models(session, [model.id for model in found])
    dues = {}
    for model in found:
        after = timedelta(minutes=model.turnaround_min)
        for key in keys[model.id]:
            if (model.test_months is not None or key in tests) and (
                due := due_of(tests.get(key, ()), model.test_months, LAB)
            ):
                dues[key] = due.at + after
    return dues


def due_before(session: Session, moment: datetime) -> list[Row]:
    """Devices whose test falls due before that moment, the most urgent first: the fields of `DueView`."""
    tests = inspections.last(session)
    found = []
    for one in inspections.candidates(session):
        last = tests.get(one.device, ())
        due = due_of(last, one.months, LAB)
        if due is not None and due.at < moment:
            latest = max(last, key=lambda test: test.done_at, default=None)
            found.append((due, one, latest))
    found.sort(key=lambda row: row[0].at)
    return [
        {
            "device": one.device,
            "model": one.model,
            "due": stamp(due.at),
            "reason": due.reason.value,
            "last_done": None if latest is None else stamp(latest.done_at),
            "last_result": None if latest is None else latest.result.value,
        }
        for due, one, latest in found
    ]


def of_device(session: Session, device_id: str) -> list[Row]:
    """Its tests, the latest first: the fields of `InspectionView`. Raises `NotFound`."""
    if devices.get(session, device_id) is None:
        raise no_such("device", device_id)
    return [_row(session, one) for one in inspections.of_device(session, device_id)]


def _row(session: Session, one: Inspection) -> Row:
    name = name_of(session, one.inspector)
    return {
        "id": one.id,
        "device": one.device_id,
        "kind": one.kind,
        "result": one.result,
        "done_at": stamp(one.done_at),
        "next_due": stamp(one.next_due),
        "measured": one.measured,
        "note": one.note,
        "inspector": one.inspector,
        "inspector_name": None if name is None else name.model_dump(),
    }
