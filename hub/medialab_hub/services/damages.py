"""Damage and loss are reported, shown in photos, and closed; meanwhile nobody gets the device."""

from dataclasses import dataclass

from medialab_hub.domain.damages import DamageKind, DamageOutcome
from medialab_hub.domain.events import Happened
from medialab_hub.domain.photos import Shot
from medialab_hub.services import damage_blocks, lending, plans
from medialab_hub.services import photo_refusals as refusals
from medialab_hub.services.allocations import is_damaged
from medialab_hub.services.bookings import require_booking
from medialab_hub.services.damage_rows import DAMAGES
from medialab_hub.services.refusals import no_such, not_possible, version_conflict
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import allocations, damages
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import DamageCase, DamagePhoto
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

MOST_PHOTOS = 8
"""Of one case."""


@dataclass(frozen=True)
class Report:
    """What somebody says about a device. `booking` None: of the loan in which it was last, or is."""

    device: str
    kind: DamageKind
    words: str = ""
    booking: str | None = None
    is_of_loan: bool = True
    """False: it did not happen during a loan."""


@dataclass(frozen=True)
class Sent:
    """A photo on its way in. `id` was made by the sender; sent again, it is the same photo."""

    id: str
    case: str
    shot: Shot


def report(uow: UnitOfWork, wish: Report, actor: str) -> str:
    """A new case; returns it. What is damaged or lost is out of the plan from now on. Raises `NotFound`."""
    device = require_device(uow, wish.device)
    booking = wish.booking
    if booking is not None:
        require_booking(uow, booking)
    elif wish.is_of_loan:
        booking = damages.last_loan(uow.session, device.id)
    case = DamageCase(
        id=uow.new_id("dmg"),
        device_id=device.id,
        booking_id=booking,
        kind=wish.kind.value,
        words=wish.words.strip(),
        opened_at=uow.now,
        opened_by=actor,
    )
    uow.session.add(case)
    uow.session.flush()
    if wish.kind is DamageKind.LOST:
        lending.write_off(uow, device, actor)
    if wish.kind.blocks:
        damage_blocks.block(uow, case, device, actor)
    _told(uow, case, Happened.DAMAGE_OPENED, actor, what=case.kind)
    return case.id


def change(uow: UnitOfWork, case_id: str, version: int, words: str, actor: str) -> None:
    """Other words for it. Raises `Conflict` when somebody else changed it first, `NotFound`."""
    case = _require(uow, case_id)
    if case.version != version:
        raise version_conflict()
    case.words = words.strip()
    _told(uow, case, Happened.DAMAGE_CHANGED, actor)


def close(uow: UnitOfWork, case_id: str, outcome: DamageOutcome, actor: str) -> None:
    """It is settled. What is mended or found waits for its proof; what does not come back stays out of the plan.

    Raises `Conflict` when it is closed already, `NotFound`."""
    case = _require(uow, case_id)
    if case.closed_at is not None:
        raise _closed(case_id)
    case.closed_at, case.closed_by, case.outcome = uow.now, actor, outcome.value
    uow.session.flush()
    if case.allocation_id is not None and outcome.is_back:
        device = require_device(uow, case.device_id)
        damage_blocks.release(uow, case, actor)
        is_held = is_damaged(uow, device)
        if not is_held and not allocations.in_the_way(uow.session, device.id, uow.now, None):
            lending.await_proof(uow, device, actor)
        plans.rescue(uow, device.id)
    _told(uow, case, Happened.DAMAGE_CLOSED, actor, outcome=outcome.value)


def keep_photo(uow: UnitOfWork, sent: Sent, quota: int, actor: str) -> None:
    """`quota`: bytes of all photos of cases. Raises `Conflict`, `TooMany`, `HubError`, `NotFound`."""
    case = _require(uow, sent.case)
    known = damages.photo(uow.session, sent.id)
    if known is not None:
        if (known.case_id, known.sha256) != (case.id, sent.shot.sha256):
            raise refusals.OTHER_PHOTO
        return
    if case.closed_at is not None:
        raise _closed(case.id)
    picture = sent.shot.picture
    there = damages.photos_of(uow.session, [case.id])
    if len(there) >= MOST_PHOTOS or damages.photo_bytes(uow.session) + len(picture.data) > quota:
        raise refusals.FULL
    uow.session.add(
        DamagePhoto(
            id=sent.id,
            case_id=case.id,
            sha256=sent.shot.sha256,
            size=len(picture.data),
            width=picture.width,
            height=picture.height,
            actor=actor,
            kept_at=uow.now,
            data=picture.data,
        )
    )
    uow.session.flush()
    _told(uow, case, Happened.PHOTO_KEPT, actor, photos=[sent.id])


def photo(session: Session, case_id: str, photo_id: str) -> bytes:
    """The picture as it is stored. Raises `NotFound`."""
    found = damages.photo(session, photo_id)
    if found is None or found.case_id != case_id:
        raise no_such("photo", photo_id)
    return found.data


def remove_photo(uow: UnitOfWork, case_id: str, photo_id: str, actor: str) -> None:
    """Erase one. Raises `NotFound`."""
    case = _require(uow, case_id)
    photo(uow.session, case_id, photo_id)
    damages.drop_photos(uow.session, [photo_id])
    _told(uow, case, Happened.PHOTO_ERASED, actor, photos=[photo_id])


def _require(uow: UnitOfWork, case_id: str) -> DamageCase:
    case = damages.get(uow.session, case_id)
    if case is None:
        raise no_such("damage", case_id)
    return case


def _closed(case_id: str) -> Exception:
    text = Text(de="Dieser Schadensfall ist schon abgeschlossen.", en="This damage case is closed already.")
    return not_possible("damage-closed", text, case_id)


def _told(uow: UnitOfWork, case: DamageCase, kind: Happened, actor: str, **data: object) -> None:
    case.version += 1
    uow.session.flush()
    uow.record(kind, case.id, actor, device=case.device_id, **data)
    uow.touch(DAMAGES, case.id)
    uow.touch_device(case.device_id)
