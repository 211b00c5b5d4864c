"""Safety tests are entered, many at once; what is not passed is out of use from that moment on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.events import Happened
from medialab_hub.domain.inspections import DueReason, InspectionKind, InspectionResult, next_due
from medialab_hub.errors import Conflict
from medialab_hub.services import plans
from medialab_hub.services.inspection_rows import LAB, due_of_device
from medialab_hub.services.refusals import not_understood
from medialab_hub.services.stamps import stamp
from medialab_hub.services.subjects import reported, require_device
from medialab_hub.storage import allocations, inspections
from medialab_hub.storage.tables import Allocation, Device, Inspection, Model
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Entry:
    """One device of a batch, with what was measured at it."""

    device: str
    measured: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Batch:
    """Tests with one result. `done_at` None: now; `next_due` None: by the interval of the model."""

    entries: Sequence[Entry]
    result: InspectionResult
    kind: InspectionKind = InspectionKind.SAFETY
    done_at: datetime | None = None
    next_due: datetime | None = None


def enter(uow: UnitOfWork, batch: Batch, actor: str) -> list[str]:
    """All of them or none; returns the tests. Raises `NotFound`, and `HubError` for one that lies ahead."""
    done_at = batch.done_at or uow.now
    if done_at > uow.now:
        text = Text(de="Diese Prüfung liegt in der Zukunft.", en="That test lies in the future.")
        raise not_understood("in-the-future", text)
    if batch.next_due is not None and batch.next_due <= done_at:
        text = Text(de="Die nächste Prüfung liegt nicht nach dieser.", en="The next test is not after this one.")
        raise not_understood("due-before-done", text)
    found = {one.device: require_device(uow, one.device) for one in batch.entries}
    rows = [_add(uow, found[one.device], one, batch, done_at, actor) for one in batch.entries]
    for device in found.values():
        _settle(uow, device, batch, actor)
    plans.mend(uow, dict.fromkeys(device.model_id for device in found.values() if device.model_id))
    return [row.id for row in rows]


def require_tested(uow: UnitOfWork, device: Device, until: datetime) -> None:
    """Raises `Conflict` when the test of the device falls due before `until`, the end of a loan."""
    due = due_of_device(uow.session, device)
    if due is None or until <= due.at:
        return
    if due.reason is DueReason.FAILED:
        text = Text(
            de="Dieses Gerät hat die letzte Prüfung nicht bestanden.", en="This device did not pass its last test."
        )
    elif due.reason is DueReason.NEVER_TESTED:
        text = Text(de="Dieses Gerät wurde noch nie geprüft.", en="This device has never been tested.")
    else:
        day = due.at.astimezone(LAB).date()
        text = Text(
            de=f"Die Prüfung dieses Geräts ist am {day:%d.%m.%Y} fällig, also vor dem Ende der Ausleihe.",
            en=f"The safety test of this device is due on {day:%Y-%m-%d}, before the loan ends.",
        )
    remedy = Text(
        de="Zuerst prüfen und das Ergebnis eintragen, oder ein anderes Gerät nehmen.",
        en="Test it first and enter the result, or take another device.",
    )
    raise Conflict("test-due", text, remedy, device.id)


def _add(uow: UnitOfWork, device: Device, entry: Entry, batch: Batch, done_at: datetime, actor: str) -> Inspection:
    row = Inspection(
        id=uow.new_id("isp"),
        device_id=device.id,
        kind=batch.kind.value,
        result=batch.result.value,
        done_at=done_at,
        entered_at=uow.now,
        next_due=_next_due(uow, device, batch, done_at),
        measured=dict(entry.measured),
        inspector=actor,
        note=entry.note,
    )
    uow.session.add(row)
    uow.session.flush()
    reported(
        uow, device, Happened.DEVICE_TESTED, actor,
        test=row.id, what=row.kind, result=row.result, next_due=stamp(row.next_due),
    )  # fmt: skip
    return row


def _next_due(uow: UnitOfWork, device: Device, batch: Batch, done_at: datetime) -> datetime | None:
    model = None if device.model_id is None else uow.session.get(Model, device.model_id)
    if batch.kind is not InspectionKind.SAFETY or batch.result is InspectionResult.FAILED:
        return None
    if batch.next_due is not None or model is None or model.test_months is None:
        return batch.next_due
    return next_due(done_at, model.test_months, LAB)


def _settle(uow: UnitOfWork, device: Device, batch: Batch, actor: str) -> None:
    """Out of use, or back in use, by the last test of this kind; one that is entered late may not be the last."""
    tests = inspections.last_of_device(uow.session, device.id)
    last = next(test for test in tests if test.kind is batch.kind)
    blocks = inspections.open_blocks(uow.session, device.id, batch.kind)
    if last.result is InspectionResult.PASSED:
        for block in blocks:
            _end(uow, block, actor)
    elif not blocks:
        _take_out_of_use(uow, device, batch.kind, actor)


def _take_out_of_use(uow: UnitOfWork, device: Device, kind: InspectionKind, actor: str) -> None:
    """Until the test is passed. Within what cannot make way, such as a loan that is out, it is a part of that."""
    plans.make_way(uow, device, Interval(uow.now))
    within = allocations.in_the_way(uow.session, device.id, uow.now, None)
    block = Allocation(
        id=uow.new_id("alc"),
        device_id=device.id,
        kind=AllocationKind.MAINTENANCE.value,
        starts_at=uow.now,
        blocked_from=uow.now,
        parent_id=within[0].id if within else None,
        actor=actor,
    )
    uow.session.add(block)
    uow.session.flush()
    test = next(
        one for one in inspections.of_device(uow.session, device.id) if one.kind == kind and one.result == "failed"
    )
    test.allocation_id = block.id
    uow.session.flush()
    uow.record(Happened.ALLOCATION_STARTED, block.id, actor, device=device.id, what=block.kind)


def _end(uow: UnitOfWork, block: Allocation, actor: str) -> None:
    block.status = AllocationStatus.DONE.value
    block.version += 1
    if uow.now > block.starts_at:  # an interval is never empty, whatever the clock did
        block.ends_at = block.blocked_to = uow.now
    uow.session.flush()
    uow.record(Happened.ALLOCATION_ENDED, block.id, actor, device=block.device_id, what=block.kind)
    uow.touch_device(block.device_id)
