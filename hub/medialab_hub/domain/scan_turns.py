"""What scans do to devices, one after the other: out, back, or nothing yet. A case is looked at as one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from medialab_hub.domain.scanning import Found, MoveKind, ScanEvent, ScanMode, Touch


@dataclass(frozen=True, slots=True)
class Hands:
    """In whose hands a device is. `alone_in`: the session in which a scan of the device itself handed it out."""

    is_out: bool = False
    alone_in: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What a touch did."""

    touch: Touch
    kind: MoveKind


HERE = Hands()


def order_of(touch: Touch) -> tuple[ScanEvent, str, str]:
    """In which order touches are carried out."""
    return (touch.event, touch.session, touch.device)


def turns(touches: Iterable[Touch]) -> list[list[Touch]]:
    """What is touched at once: a device, or the members of a case."""
    ordered = sorted((one for one in touches if one.mode is not ScanMode.COUNT), key=order_of)
    return [list(turn) for _, turn in groupby(ordered, key=lambda one: (one.event, one.session))]


def moves_of(touches: Iterable[Touch], out: Collection[str] = ()) -> list[Move]:
    """What the touches do one after the other, in whatever sessions they were made; `out` are out before."""
    hands = {device: Hands(is_out=True) for device in out}
    moves: list[Move] = []
    for turn in turns(touches):
        for touch, kind in zip(turn, kinds_of(turn, hands), strict=True):
            moves.append(Move(touch, kind))
            hands[touch.device] = hands_after(touch, kind, hands.get(touch.device, HERE))
    return moves


def kinds_of(turn: Sequence[Touch], hands: Mapping[str, Hands]) -> list[MoveKind]:
    """What becomes of each of the touched devices; those of which nothing is said are here."""
    held = [hands.get(touch.device, HERE) for touch in turn]
    if turn[0].kit is None:
        return [_of_one(touch, hand) for touch, hand in zip(turn, held, strict=True)]
    if any(_comes_back(touch, hand) for touch, hand in zip(turn, held, strict=True)):
        return [_back(touch, hand) for touch, hand in zip(turn, held, strict=True)]
    if turn[0].mode is ScanMode.IN:
        return [MoveKind.STAYS for _ in turn]
    waits = turn[0].person is None or any(_is_asked(touch, hand) for touch, hand in zip(turn, held, strict=True))
    return [_out(touch, hand, waits=waits) for touch, hand in zip(turn, held, strict=True)]


def hands_after(touch: Touch, kind: MoveKind, before: Hands) -> Hands:
    """In whose hands it is then, if that could be done."""
    if kind is MoveKind.BACK:
        return HERE
    if kind in (MoveKind.OUT, MoveKind.ALONG):
        return Hands(is_out=True, alone_in=touch.session if touch.kit is None else None)
    return before


def _of_one(touch: Touch, hand: Hands) -> MoveKind:
    if hand.is_out:
        return MoveKind.BACK
    if touch.mode is ScanMode.IN:
        return MoveKind.STAYS
    return MoveKind.OUT if touch.person is not None else MoveKind.WAITS


def _comes_back(touch: Touch, hand: Hands) -> bool:
    """A member that the same desk has just handed out by itself does not make the case come back."""
    return hand.is_out and (touch.mode is ScanMode.IN or hand.alone_in != touch.session)


def _is_asked(touch: Touch, hand: Hands) -> bool:
    """What was done without a line is a fact: the whole case went."""
    return touch.found is Found.ASKED and not hand.is_out and not touch.event.is_fact


def _back(touch: Touch, hand: Hands) -> MoveKind:
    if not hand.is_out:
        return MoveKind.STAYS
    return MoveKind.BACK if touch.found is Found.INSIDE else MoveKind.MISSING


def _out(touch: Touch, hand: Hands, *, waits: bool) -> MoveKind:
    if hand.is_out:
        return MoveKind.STAYS if waits else MoveKind.ALONG
    if touch.found is Found.LEFT:
        return MoveKind.LEFT
    if _is_asked(touch, hand):
        return MoveKind.ASKED
    return MoveKind.WAITS if waits else MoveKind.OUT
