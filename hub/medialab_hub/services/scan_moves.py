"""Carries out what scan sessions mean, and takes it back when an undo or a late event changes what they mean.

Scans made while the hub answered are decided: what is refused stays refused, and a case goes out whole or not at all.
Scans made without a line are facts: the device is in those hands whatever was planned, so plans move out of the way;
only what cannot be true is refused. Each device has one chain of scans over all sessions, ordered by when they were
made; the members of a scanned case share one. A late scan takes back everything after it, latest first, and all of it
is carried out again in order."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from medialab_hub.domain.scan_turns import HERE, Hands, kinds_of, turns
from medialab_hub.domain.scanning import MoveKind, Pile, ScanMode, Touch
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import hand_outs, hand_overs
from medialab_hub.services.bookings import mend_models_of, not_free
from medialab_hub.services.scan_chains import (
    Member,
    chain_of,
    gone_along,
    hands_of,
    linked,
    members_of,
    new_move,
    unchanged,
)
from medialab_hub.services.scan_rows import NOT_WHOLE, SCANS, in_words, order_of, pile
from medialab_hub.storage import allocations, scans
from medialab_hub.storage.attempts import Clash, attempt
from medialab_hub.storage.tables import ScanMove, ScanSession
from medialab_hub.storage.unit_of_work import UnitOfWork

Problem = dict[str, str]


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
        made = sorted(scans.moves(self._uow.session, row.id), key=order_of)
        of_cases = members_of(made)
        for move in made:
            moves[move.device_id].append(move)
        since: dict[str, datetime] = {}
        for device in sorted(touches.keys() | moves.keys()):
            wanted, done = touches[device], moves[device]
            if chain_of(wanted) != [(one.event_id, one.person_id, one.found) for one in done]:
                since[device] = min([*(one.event.at for one in wanted), *(one.at for one in done)])
        while since:
            together = self._together(next(iter(since)), since, row.id, of_cases)
            self._settle_these(together, min(since[one] for one in together if one in since), row.id)
            since = {device: moment for device, moment in since.items() if device not in together}
        mend_models_of(self._uow, sorted(self._freed))

    def _pile(self, session: str) -> Pile:
        if session not in self._piles:
            row = scans.get(self._uow.session, session)
            assert row is not None
            self._piles[session] = pile(row, scans.events(self._uow.session, session))
        return self._piles[session]

    def _together(
        self, device: str, since: Mapping[str, datetime], session: str, members: Sequence[Member]
    ) -> set[str]:
        """The device and all others that shared a case with it since, by this session or any that is touched by it.

        `members`: of what was done before with cases of this session."""
        devices = {device}
        while True:
            moment = min(since[one] for one in devices if one in since)
            done = scans.moves_since(self._uow.session, sorted(devices), moment)
            keys = {session, *(one.session_id for one in done)}
            touches = [touch for key in keys for touch in self._pile(key).touches if touch.event.at >= moment]
            found = devices | linked(devices, touches, [*members, *members_of(done)])
            if found == devices:
                return devices
            devices = found

    def _settle_these(self, devices: Collection[str], since: datetime, session: str) -> None:
        done = sorted(
            scans.moves_since(self._uow.session, sorted(devices), since),
            key=lambda one: (*order_of(one), one.device_id),
        )
        touches = self._touches(devices, since, {session, *(one.session_id for one in done)})
        hands = {device: self._hands_before(device, since, touches, done) for device in devices}
        wanted = turns(touches)
        kept = unchanged(wanted, done, hands)
        rest = done[sum(len(turn) for turn in wanted[:kept]) :]
        standing = self._take_back(rest)
        for move in standing:
            hands[move.device_id] = hands_of(move, hands[move.device_id])
        stood = {(one.session_id, one.event_id) for one in standing}
        after = max(((one.at, one.client, one.sequence, one.event_id) for one in standing), default=None)
        for turn in wanted[kept:]:
            event = turn[0].event
            is_late = after is not None and (event.at, event.client, event.sequence, event.id) <= after
            if not is_late and (turn[0].session, event.id) not in stood:
                self._carry_out(turn, hands)
        for key in {session, *(one.session for one in touches)}:
            self._uow.touch(SCANS, key)

    def _touches(self, devices: Collection[str], since: datetime, sessions: Iterable[str]) -> list[Touch]:
        found = [touch for key in sorted(sessions) for touch in self._pile(key).touches]
        return [one for one in found if one.device in devices and one.event.at >= since]

    def _hands_before(self, device: str, since: datetime, touches: Iterable[Touch], done: Iterable[ScanMove]) -> Hands:
        """In whose hands it was before the first of these: as an earlier scan left it, or as the loans say."""
        of_it = sorted((one for one in touches if one.device == device), key=lambda one: (one.event, one.session))
        moves = [one for one in done if one.device_id == device]
        before = scans.move_before(self._uow.session, device, since)
        if not of_it and not moves:
            return HERE
        if not self._was_out(device, of_it, moves, before):
            return HERE
        is_alone = before is not None and before.kind == MoveKind.OUT and before.kit_id is None
        return Hands(is_out=True, alone_in=before.session_id if is_alone and before is not None else None)

    def _was_out(
        self, device: str, touches: Sequence[Touch], done: Sequence[ScanMove], before: ScanMove | None
    ) -> bool:
        session, now = self._uow.session, self._uow.now
        is_fact = bool(touches) and touches[0].event.is_fact
        if done and not (is_fact and done[0].event_id != touches[0].event.id):
            return done[0].was_out
        moment = min(touches[0].event.at, now) if is_fact else now
        if before is not None and before.kind in (MoveKind.OUT, MoveKind.ALONG) and before.allocation_id is not None:
            loan = allocations.get(session, before.allocation_id)
            if loan is not None and (loan.status == "out" or _ended_by(loan.id, done)):
                return True
        return scans.was_out(session, device, moment)

    def _take_back(self, done: Sequence[ScanMove]) -> Sequence[ScanMove]:
        """Undo these, the latest first, or as many as can be undone without leaving a case half undone.

        Returns those that stand, because one of them can no longer be undone: it says so."""
        standing = 0
        while True:
            failed = self._try_back(done[standing:])
            if failed is None:
                return done[:standing]
            move, problem = failed
            move.problem = problem
            self._uow.session.flush()
            turn = (move.session_id, move.event_id)
            standing = max(n for n, one in enumerate(done, 1) if (one.session_id, one.event_id) == turn)

    def _try_back(self, done: Sequence[ScanMove]) -> tuple[ScanMove, Problem] | None:
        failed: list[ScanMove] = []

        def part() -> None:
            for move in reversed(done):
                failed[:] = [move]
                hand_overs.take_back(self._uow, move, self._actor)
                self._uow.session.delete(move)
                self._uow.session.flush()

        problem = self._try(part, "") if done else None
        if problem is not None:
            return failed[0], problem
        self._freed.update(move.device_id for move in done)
        return None

    def _carry_out(self, turn: Sequence[Touch], hands: dict[str, Hands]) -> None:
        kinds = kinds_of(turn, hands)
        moves = [new_move(self._uow, touch, kind, hands[touch.device]) for touch, kind in zip(turn, kinds, strict=True)]
        event = turn[0].event
        if turn[0].kit is not None and MoveKind.OUT in kinds and not event.is_fact:
            self._hand_out_whole(moves)
        else:
            for move in moves:
                move.problem = self._do(move, is_fact=event.is_fact)
        gone_along(self._uow, moves)
        for move in moves:
            if move.problem is not None:
                move.allocation_id = move.proof_id = None
            hands[move.device_id] = hands_of(move, hands[move.device_id])
        self._uow.session.add_all(moves)
        self._uow.session.flush()

    def _hand_out_whole(self, moves: Sequence[ScanMove]) -> None:
        """All of a case or nothing; when nothing, each member that is in the way says why."""
        problems: dict[str, Problem] = {}

        def part() -> None:
            for move in moves:
                problem = self._do(move, is_fact=False)
                if problem is not None:
                    problems[move.device_id] = self._named(problem, move)
            if problems:
                raise Conflict("kit-not-whole", NOT_WHOLE)

        if self._try(part, "") is not None:
            for move in moves:
                is_going = move.kind == MoveKind.OUT
                whole = {"code": "kit-not-whole", "title_de": NOT_WHOLE.de, "title": NOT_WHOLE.en}
                move.problem = problems.get(move.device_id, whole if is_going else None)

    def _named(self, problem: Problem, move: ScanMove) -> Problem:
        """Of a member that is not free, what takes it."""
        reason = hand_outs.taken_by(self._uow, move) if problem["code"] == "not-free" else None
        return problem if reason is None else in_words(reason)

    def _do(self, move: ScanMove, *, is_fact: bool) -> Problem | None:
        return self._try(lambda: hand_overs.carry_out(self._uow, move, self._actor, is_fact=is_fact), move.device_id)

    def _try(self, part: Callable[[], None], device: str) -> Problem | None:
        try:
            attempt(self._uow, part)
        except HubError as error:
            return in_words(error)
        except Clash:
            return in_words(not_free(device))
        return None


def _ended_by(loan: str, done: Iterable[ScanMove]) -> bool:
    return any(one.kind == MoveKind.BACK and one.allocation_id == loan for one in done)
