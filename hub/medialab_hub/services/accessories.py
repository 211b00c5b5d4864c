"""Accessories of models and kits: lists that staff keep, or those of the catalogue; ticked off when things go and come.

What is written down of a look is names of parts and counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from medialab_hub.catalogue.loader import shipped
from medialab_hub.domain.accessories import Look, Piece, missing_of
from medialab_hub.domain.events import Happened
from medialab_hub.domain.typed_words import has_hidden, tidy
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.bookings import require_booking
from medialab_hub.services.device_classes import classes_of
from medialab_hub.services.kit_rows import KITS
from medialab_hub.services.kit_scan_rows import label_of
from medialab_hub.services.model_rows import MODELS
from medialab_hub.services.refusals import no_such, not_possible, not_understood
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import accessories as rows
from medialab_hub.storage import bookings, devices
from medialab_hub.storage.noun import Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Accessory, AccessoryCheck, BookingLine, Device, Kit, Model
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

LONGEST = 80
"""Characters of a name."""


@dataclass(frozen=True)
class Looked:
    """What somebody missed of one device or kit of a booking: how many, by German name."""

    device: str | None = None
    kit: str | None = None
    missing: Mapping[str, int] | None = None


def pieces_of(session: Session, things: Mapping[str, Device]) -> dict[str, tuple[Piece, ...]]:
    """By device: what its model says, else what the catalogue says of its class."""
    own = rows.of_models(session, {device.model_id for device in things.values() if device.model_id})
    classes = classes_of(session, things)
    found = {}
    for key, device in things.items():
        listed = own.get(device.model_id or "")
        found[key] = _pieces(listed) if listed else preset(classes.get(key))
    return found


def preset(class_id: str | None) -> tuple[Piece, ...]:
    """As the catalogue says; nothing for a class it does not know."""
    known = None if class_id is None else shipped().classes.get(class_id)
    return () if known is None else tuple(Piece(one.name, one.count) for one in known.accessories)


def kit_pieces(session: Session, kits: Collection[str]) -> dict[str, tuple[Piece, ...]]:
    """By kit: what belongs to the case itself."""
    return {key: _pieces(found) for key, found in rows.of_kits(session, kits).items()}


def _pieces(found: Iterable[Accessory]) -> tuple[Piece, ...]:
    return tuple(Piece(Text(de=one.name_de, en=one.name_en), one.quantity) for one in found)


def of_model(session: Session, model_id: str) -> Row:
    """The fields of `AccessoryList`. Raises `NotFound`."""
    model = session.get(Model, model_id)
    if model is None:
        raise no_such("model", model_id)
    own = rows.of_models(session, [model_id]).get(model_id)
    return _listed(_pieces(own) if own else preset(model.class_id), is_preset=not own)


def of_kit(session: Session, kit_id: str) -> Row:
    """The fields of `AccessoryList`. Raises `NotFound`."""
    if session.get(Kit, kit_id) is None:
        raise no_such("kit", kit_id)
    return _listed(kit_pieces(session, [kit_id]).get(kit_id, ()), is_preset=False)


def _listed(pieces: Iterable[Piece], *, is_preset: bool) -> Row:
    items = [{"name": piece.name.model_dump(), "count": piece.count} for piece in pieces]
    return {"items": items, "is_preset": is_preset}


def put_of_model(uow: UnitOfWork, model_id: str, pieces: Sequence[Piece], actor: str) -> None:
    """This is the whole list from now on; none: that of the catalogue. Raises `NotFound`, `HubError`."""
    if uow.session.get(Model, model_id) is None:
        raise no_such("model", model_id)
    _require_sense(pieces)
    rows.drop(uow.session, model=model_id)
    _add(uow, pieces, model=model_id)
    uow.record(Happened.MODEL_CHANGED, model_id, actor, accessories=len(pieces))
    uow.touch(MODELS, model_id)


def put_of_kit(uow: UnitOfWork, kit_id: str, pieces: Sequence[Piece], actor: str) -> None:
    """This is the whole list from now on. Raises `NotFound`, `HubError`."""
    if uow.session.get(Kit, kit_id) is None:
        raise no_such("kit", kit_id)
    _require_sense(pieces)
    rows.drop(uow.session, kit=kit_id)
    _add(uow, pieces, kit=kit_id)
    uow.record(Happened.KIT_CHANGED, kit_id, actor, accessories=len(pieces))
    uow.touch(KITS, kit_id)


def _require_sense(pieces: Sequence[Piece]) -> None:
    names = [tidy(piece.name.de) for piece in pieces]
    if any(not name or len(name) > LONGEST or has_hidden(name) for name in names):
        text = Text(de=f"Ein Name fehlt oder ist länger als {LONGEST} Zeichen.", en="A name is missing or too long.")
        raise not_understood("wrong-name", text)
    if len(set(names)) < len(names):
        raise not_understood("twice", Text(de="Ein Teil steht zweimal da.", en="A part is there twice."))


def _add(uow: UnitOfWork, pieces: Sequence[Piece], *, model: str | None = None, kit: str | None = None) -> None:
    for place, piece in enumerate(pieces):
        german = tidy(piece.name.de)
        uow.session.add(
            Accessory(
                id=uow.new_id("acc"),
                model_id=model,
                kit_id=kit,
                place=place,
                name_de=german,
                name_en=tidy(piece.name.en) or german,
                quantity=piece.count,
            )
        )
    uow.session.flush()


def check(uow: UnitOfWork, booking_id: str, look: Look, looked: Sequence[Looked], actor: str) -> None:
    """Somebody looked through the parts of these; what is not named is all there. Looked at again, that counts.

    Raises `NotFound`, and `Conflict` for what does not belong to the booking."""
    require_booking(uow, booking_id)
    things, kits = _of_booking(uow.session, booking_id)
    pieces, of_case = pieces_of(uow.session, things), kit_pieces(uow.session, kits)
    known = {(one.device_id, one.kit_id): one for one in rows.checks_of(uow.session, booking_id) if one.look == look}
    for one in looked:
        expected = pieces.get(one.device or "") if one.device else of_case.get(one.kit or "")
        if expected is None:
            text = Text(de="Das gehört nicht zu dieser Buchung.", en="That is not part of this booking.")
            raise not_possible("not-in-booking", text, one.device or one.kit or "")
        row = known.get((one.device, one.kit))
        if row is None:
            row = AccessoryCheck(
                id=uow.new_id("chk"), booking_id=booking_id, device_id=one.device, kit_id=one.kit, look=look.value,
                checked_at=uow.now,
            )  # fmt: skip
            uow.session.add(row)
        gone = missing_of(expected, dict(one.missing or {}))
        row.missing = [{"name": piece.name.model_dump(), "count": piece.count} for piece in gone]
        row.checked_at, row.actor = uow.now, actor
    uow.session.flush()
    missing = sum(len(one.missing or {}) for one in looked)
    uow.record(Happened.ACCESSORIES_CHECKED, booking_id, actor, look=look.value, looked=len(looked), missing=missing)
    uow.touch(BOOKINGS, booking_id)


def _of_booking(session: Session, booking: str) -> tuple[dict[str, Device], dict[str, Kit]]:
    units = [row for _, row in bookings.kept_by(session, [booking])]
    lines: Sequence[BookingLine] = bookings.lines(session, [booking])
    kits = {line.kit_id: session.get(Kit, line.kit_id) for line in lines if line.kit_id}
    things = {device.id: device for device in devices.many(session, {unit.device_id for unit in units})}
    return things, {key: kit for key, kit in kits.items() if kit is not None}


def tick_list(session: Session, booking_id: str) -> list[Row]:
    """What belongs to each device and case of a booking, and what was missing: the fields of `TickList`, cases first.

    Raises `NotFound`."""
    if bookings.get(session, booking_id) is None:
        raise no_such("booking", booking_id)
    things, kits = _of_booking(session, booking_id)
    checks = {(one.device_id or one.kit_id, one.look): one for one in rows.checks_of(session, booking_id)}
    pieces, of_case = pieces_of(session, things), kit_pieces(session, kits)
    found = [
        _ticks({"device": None, "kit": key, "name": kit.name, "label": ""}, of_case.get(key, ()), checks)
        for key, kit in sorted(kits.items(), key=lambda one: one[1].name)
    ]
    labelled = sorted((label_of(session, device), device.name, key) for key, device in things.items())
    found += [
        _ticks({"device": key, "kit": None, "name": name, "label": label}, pieces[key], checks)
        for label, name, key in labelled
    ]
    return [row for row in found if row["items"]]


def _ticks(row: Row, pieces: Iterable[Piece], checks: Mapping[tuple[str | None, str], AccessoryCheck]) -> Row:
    key = row["device"] or row["kit"]
    out, back = checks.get((key, Look.OUT)), checks.get((key, Look.BACK))
    items = [
        {
            "name": piece.name.model_dump(),
            "count": piece.count,
            "missing_out": _count(out, piece),
            "missing_back": _count(back, piece),
        }
        for piece in pieces
    ]
    looked = {
        "out": None if out is None else stamp(out.checked_at),
        "back": None if back is None else stamp(back.checked_at),
    }
    return {**row, **looked, "items": items}


def _count(row: AccessoryCheck | None, piece: Piece) -> int:
    found = [] if row is None else [one["count"] for one in row.missing if one["name"]["de"] == piece.name.de]
    return sum(found)


def missing_back(session: Session, booking: str) -> dict[str, tuple[Piece, ...]]:
    """What did not come back and was there at hand-over, by device or kit."""
    checks = rows.checks_of(session, booking)
    lacked = {(one.device_id or one.kit_id): one for one in checks if one.look == Look.OUT}
    found = {}
    for one in (row for row in checks if row.look == Look.BACK):
        key = one.device_id or one.kit_id or ""
        pieces = [Piece(Text.model_validate(piece["name"]), piece["count"]) for piece in one.missing]
        new = [Piece(piece.name, piece.count - _count(lacked.get(key), piece)) for piece in pieces]
        found[key] = tuple(piece for piece in new if piece.count > 0)
    return {key: pieces for key, pieces in found.items() if pieces}
