"""Carries out what scan sessions mean, and takes it back when an undo or a late event changes what they mean.

Scans made while the hub answered are decided: what is refused stays refused. Scans made without a line are facts:
the device is in those hands whatever was planned, so plans move out of the way; only what cannot be true is refused.
Each device has one chain of scans over all sessions, ordered by when they were made: a late one takes back everything
after it, latest first, and all of it is carried out again in order."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from medialab_hub.domain.scanning import MoveKind, Pile, ScanMode, Touch, kind_of
from medialab_hub.errors import HubError
from medialab_hub.services import hand_overs
from medialab_hub.services.bookings import mend_models_of, not_free
from medialab_hub.services.scan_rows import SCANS, in_words, order_of, pile
from medialab_hub.storage import allocations, scans
from medialab_hub.storage.attempts import Clash, attempt
from medialab_hub.storage.tables import ScanMove, ScanSession
from medialab_hub.storage.unit_of_work import UnitOfWork

Chain = Sequence[tuple[str, str | None]]
"""Events that touched a device, each with the person it was for."""


class Settling:
    """One settling of what sessions mean; keeps what it has read of them."""

    def __init__(self, uow: UnitOfWork, actor: str) -> None:
        self._uow, self._actor = uow, actor
        self._piles: dict[str, Pile] = {}
        self._freed: set[str] = set()

    def settle(self, row: ScanSession) -> None:
        """Bring what was carried out in line with what the session means."""
        if row.mode == ScanMode.COUNT:
            return
        touches: dict[str, list[Touch]] = defaultdict(list)
        for touch in self._pile(row.id).touches:
            touches[touch.device].append(touch)
        moves: dict[str, list[ScanMove]] = defaultdict(list)
        for move in sorted(scans.moves(self._uow.session, row.id), key=order_of):
            moves[move.device_id].append(move)
        for device in sorted(touches.keys() | moves.keys()):
            wanted, done = touches[device], moves[device]
            if _chain(wanted) != [(one.event_id, one.person_id) for one in done]:
                since = min([*(one.event.at for one in wanted), *(one.at for one in done)])
                self._settle_device(device, since, row.id)
        mend_models_of(self._uow, sorted(self._freed))

    def _pile(self, session: str) -> Pile:
        if session not in self._piles:
            row = scans.get(self._uow.session, session)
            assert row is not None
            self._piles[session] = pile(row, scans.events(self._uow.session, session))
        return self._piles[session]

    def _settle_device(self, device: str, since: datetime, session: str) -> None:
        done = sorted(scans.moves_since(self._uow.session, device, since), key=order_of)
        touches = self._touches(device, since, {session, *(one.session_id for one in done)})
        is_out = self._was_out(device, since, touches, done)
        kept, is_out = _unchanged(touches, done, is_out=is_out)
        if not self._take_back(done[kept:]):
            return
        for touch in touches[kept:]:
            move = self._carry_out(touch, is_out=is_out)
            is_out = _out_after(move)
        for key in {session, *(one.session for one in touches)}:
            self._uow.touch(SCANS, key)

    def _touches(self, device: str, since: datetime, sessions: Iterable[str]) -> list[Touch]:
        found = [touch for key in sorted(sessions) for touch in self._pile(key).touches]
        found = [one for one in found if one.device == device and one.event.at >= since]
        return sorted(found, key=lambda one: (one.event, one.session))

    def _was_out(self, device: str, since: datetime, touches: Sequence[Touch], done: Sequence[ScanMove]) -> bool:
        """In whose hands it was before the first of these: as an earlier scan left it, or as the loans say."""
        session, now = self._uow.session, self._uow.now
        is_fact = bool(touches) and touches[0].event.is_fact
        if done and not (is_fact and done[0].event_id != touches[0].event.id):
            return done[0].was_out
        moment = min(touches[0].event.at, now) if is_fact else now
        before = scans.move_before(session, device, since)
        if before is not None and before.kind == MoveKind.OUT and before.allocation_id is not None:
            loan = allocations.get(session, before.allocation_id)
            if loan is not None and (loan.status == "out" or self._ended_by(loan.id, done)):
                return True
        return scans.was_out(session, device, moment)

    def _ended_by(self, loan: str, done: Sequence[ScanMove]) -> bool:
        return any(one.kind == MoveKind.BACK and one.allocation_id == loan for one in done)

    def _take_back(self, done: Sequence[ScanMove]) -> bool:
        """Undo these, the latest first; False when one of them can no longer be undone: it says so and stands."""
        for move in reversed(done):
            problem = self._try(lambda move=move: hand_overs.take_back(self._uow, move, self._actor), move.device_id)  # type: ignore[misc]
            if problem is not None:
                move.problem = problem
                self._uow.session.flush()
                return False
            self._freed.add(move.device_id)
            self._uow.session.delete(move)
            self._uow.session.flush()
        return True

    def _carry_out(self, touch: Touch, *, is_out: bool) -> ScanMove:
        event, kind = touch.event, kind_of(touch, is_out=is_out)
        move = ScanMove(
            id=self._uow.new_id("mov"),
            device_id=touch.device,
            session_id=touch.session,
            event_id=event.id,
            client=event.client,
            sequence=event.sequence,
            at=event.at,
            kind=kind.value,
            person_id=touch.person,
            was_out=is_out,
        )
        move.problem = self._try(
            lambda: hand_overs.carry_out(self._uow, move, self._actor, is_fact=event.is_fact), touch.device
        )
        if move.problem is not None:
            move.allocation_id = move.proof_id = None
        self._uow.session.add(move)
        self._uow.session.flush()
        return move

    def _try(self, part: Callable[[], None], device: str) -> dict[str, str] | None:
        try:
            attempt(self._uow, part)
        except HubError as error:
            return in_words(error)
        except Clash:
            return in_words(not_free(device))
        return None


def _chain(touches: Iterable[Touch]) -> Chain:
    return [(one.event.id, one.person) for one in sorted(touches, key=lambda one: one.event)]


def _unchanged(touches: Sequence[Touch], done: Sequence[ScanMove], *, is_out: bool) -> tuple[int, bool]:
    """How many of the moves stand as they are, and whether the device is out after them."""
    kept = 0
    for touch, move in zip(touches, done, strict=False):
        kind = kind_of(touch, is_out=is_out)
        is_same = (move.event_id, move.session_id, move.kind) == (touch.event.id, touch.session, kind)
        if not is_same or move.was_out != is_out or (kind is MoveKind.OUT and move.person_id != touch.person):
            break
        move.person_id = touch.person
        kept, is_out = kept + 1, _out_after(move)
    return kept, is_out


def _out_after(move: ScanMove) -> bool:
    """What was refused changed nothing."""
    if move.allocation_id is None:
        return move.was_out
    return move.kind == MoveKind.OUT
