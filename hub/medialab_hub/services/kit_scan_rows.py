"""What is shown of scanned cases: which members are in, which are asked for, which are missing, by name and label."""

from collections.abc import Iterable, Mapping, Sequence

from medialab_hub.domain.scanning import CodeNoun, Found, MoveKind
from medialab_hub.services import codes
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import devices
from medialab_hub.storage.noun import Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Device, Kit, ScanMove, ScanRow

_NO_WORDS = {"code": "", "title": "", "title_de": "", "remedy": "", "remedy_de": ""}
_STATES = {MoveKind.WAITS: "ready", MoveKind.ALONG: "out"}


def is_held_back(move: ScanMove) -> bool:
    """True for a member that could go, while its case cannot."""
    return move.problem is not None and move.problem["code"] == "kit-not-whole"


def kits_of(session: Session, events: Iterable[ScanRow], moves: Iterable[ScanMove]) -> list[Row]:
    """Each case as its last scan left it, in the order of these scans; the fields of `ScanKit`."""
    of_event: dict[tuple[str, str], list[ScanMove]] = {}
    for move in moves:
        if move.kit_id is not None:
            of_event.setdefault((move.kit_id, move.event_id), []).append(move)
    latest = {kit: turn for (kit, _), turn in of_event.items()}
    seen = _seen(events)
    found = [(kit, turn) for (kit, _), turn in of_event.items() if latest[kit] is turn]
    return [_kit(session, kit, turn, seen.get(kit, set())) for kit, turn in found]


def _seen(events: Iterable[ScanRow]) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = {}
    for one in events:
        if one.noun == CodeNoun.KIT and one.subject_id is not None:
            seen.setdefault(one.subject_id, set()).update(one.seen)
    return seen


def _kit(session: Session, kit: str, turn: Sequence[ScanMove], seen: set[str]) -> Row:
    row, first = session.get(Kit, kit), turn[0]
    things = {device.id: device for device in devices.many(session, [move.device_id for move in turn])}
    members = [_member(session, move, things, seen) for move in turn]
    states = [member["state"] for member in members]
    return {
        "kit": kit,
        "name": "" if row is None else row.name,
        "event": first.event_id,
        "at": stamp(first.at),
        "person": first.person_id,
        "state": _state(turn, states),
        "asked": states.count("asked"),
        "missing": states.count("missing"),
        "members": sorted(members, key=lambda one: (one["label"], one["name"], one["device"])),
    }


def _state(turn: Iterable[ScanMove], states: Sequence[str]) -> str:
    kinds = {MoveKind(move.kind) for move in turn}
    if kinds & {MoveKind.BACK, MoveKind.MISSING}:
        return "back"
    if MoveKind.OUT in kinds:
        return "out" if "out" in states else "refused"
    if MoveKind.ASKED in kinds:
        return "asks"
    return "waits" if MoveKind.WAITS in kinds else "stays"


def _member(session: Session, move: ScanMove, things: Mapping[str, Device], seen: set[str]) -> Row:
    device = things.get(move.device_id)
    return {
        "device": move.device_id,
        "name": "" if device is None else device.name,
        "label": "" if device is None else label_of(session, device),
        "state": _of_member(move),
        "seen": move.device_id in seen,
        "ticked": move.found == Found.INSIDE and move.device_id not in seen,
        **_NO_WORDS,
        **({} if move.problem is None or is_held_back(move) else move.problem),
    }


def _of_member(move: ScanMove) -> str:
    if move.problem is not None and move.allocation_id is None:
        return "ready" if is_held_back(move) else "refused"
    kind = MoveKind(move.kind)
    return _STATES.get(kind, kind.value)


def label_of(session: Session, device: Device) -> str:
    """What is printed on it: its tag, else its first code; empty when it has none."""
    if device.asset_tag:
        return device.asset_tag
    return next(iter(sorted(codes.on(session, CodeNoun.DEVICE, device.id))), "")
