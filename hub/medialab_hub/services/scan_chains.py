"""Chains of scans: what was carried out compared with what the sessions mean."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from medialab_hub.domain.scan_turns import HERE, Hands, kinds_of
from medialab_hub.domain.scanning import MoveKind, Touch
from medialab_hub.storage import allocations
from medialab_hub.storage.tables import ScanMove
from medialab_hub.storage.unit_of_work import UnitOfWork

Chain = Sequence[tuple[str, str | None, str]]
"""Events that touched a device, each with the person it was for, and whether it was in its case."""


Member = tuple[tuple[str, str], str]
"""The session and event by which a case was scanned, and a device that was in it."""


def chain_of(touches: Iterable[Touch]) -> Chain:
    """In the order of the events."""
    ordered = sorted(touches, key=lambda one: one.event)
    return [(one.event.id, one.person, one.found.value) for one in ordered]


def members_of(moves: Iterable[ScanMove]) -> list[Member]:
    """Those of the moves that were made with a case."""
    return [((move.session_id, move.event_id), move.device_id) for move in moves if move.kit_id is not None]


def linked(devices: Collection[str], touches: Iterable[Touch], members: Iterable[Member]) -> set[str]:
    """Devices that were scanned as one case with one of these."""
    of_case: dict[tuple[str, str], set[str]] = {}
    for touch in touches:
        if touch.kit is not None:
            of_case.setdefault((touch.session, touch.event.id), set()).add(touch.device)
    for turn, device in members:
        of_case.setdefault(turn, set()).add(device)
    return {device for members in of_case.values() if not members.isdisjoint(devices) for device in members}


def unchanged(wanted: Sequence[Sequence[Touch]], done: Sequence[ScanMove], hands: dict[str, Hands]) -> int:
    """How many turns stand as they are; `hands` is brought to what they leave."""
    at = 0
    for number, turn in enumerate(wanted):
        moves = done[at : at + len(turn)]
        kinds = kinds_of(turn, hands)
        if len(moves) < len(turn) or not all(map(_is_same, turn, kinds, moves, [hands] * len(turn))):
            return number
        for touch, move in zip(turn, moves, strict=True):
            move.person_id, move.found = touch.person, touch.found.value
            hands[touch.device] = hands_of(move, hands.get(touch.device, HERE))
        at += len(turn)
    return len(wanted)


def _is_same(touch: Touch, kind: MoveKind, move: ScanMove, hands: Mapping[str, Hands]) -> bool:
    now = (touch.device, touch.event.id, touch.session, kind, hands.get(touch.device, HERE).is_out)
    then = (move.device_id, move.event_id, move.session_id, move.kind, move.was_out)
    return now == then and not (kind is MoveKind.OUT and move.person_id != touch.person)


def new_move(uow: UnitOfWork, touch: Touch, kind: MoveKind, hands: Hands) -> ScanMove:
    """What is to be done by a touch, not yet stored."""
    event = touch.event
    return ScanMove(
        id=uow.new_id("mov"),
        device_id=touch.device,
        session_id=touch.session,
        event_id=event.id,
        client=event.client,
        sequence=event.sequence,
        at=event.at,
        kind=kind.value,
        kit_id=touch.kit,
        found=touch.found.value,
        person_id=touch.person,
        was_out=hands.is_out,
    )


def gone_along(uow: UnitOfWork, moves: Iterable[ScanMove]) -> None:
    """What went by itself before belongs to the case from now on, if that went."""
    moves = list(moves)
    if any(move.kind == MoveKind.OUT and move.problem is not None for move in moves):
        return
    for move in moves:
        if move.kind == MoveKind.ALONG:
            loan = allocations.out(uow.session, move.device_id)
            move.allocation_id = None if loan is None else loan.id


def hands_of(move: ScanMove, before: Hands) -> Hands:
    """In whose hands the device is after that; what was refused changed nothing."""
    if move.allocation_id is None:
        return before
    if move.kind == MoveKind.BACK:
        return HERE
    is_alone = move.kind == MoveKind.OUT and move.kit_id is None
    return Hands(is_out=True, alone_in=move.session_id if is_alone else None)
