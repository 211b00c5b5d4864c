"""Counts afterwards, in plain SQL: nothing was promised twice, and nothing that was promised is lost."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import create_engine, text

ENOUGH = 4_000
"""Attempts after which the plan is full, and everything that is left to chance has happened."""
OVERLAPS = """SELECT count(*) FROM allocation a JOIN allocation b ON a.device_id = b.device_id AND a.id < b.id
    WHERE a.parent_id IS NULL AND b.parent_id IS NULL
    AND a.status IN ('held', 'confirmed', 'out') AND b.status IN ('held', 'confirmed', 'out')
    AND (b.blocked_to IS NULL OR a.blocked_from < b.blocked_to)
    AND (a.blocked_to IS NULL OR a.blocked_to > b.blocked_from)"""
KEPT = """SELECT line.booking_id, count(*) FROM allocation a JOIN booking_line line ON a.line_id = line.id
    WHERE a.status IN ('confirmed', 'broken') GROUP BY line.booking_id"""
BOOKINGS = "SELECT count(*) FROM booking"
IN_PART = """SELECT count(*) FROM booking_line line
    WHERE quantity <> (SELECT count(*) FROM allocation a WHERE a.line_id = line.id)"""
BETWEEN = "SELECT count(*) FROM allocation WHERE status = 'moving'"


def add_up(told: Sequence[dict[str, Any]]) -> Counter[str]:
    """The counts of all who took part."""
    return sum((Counter(one["counts"]) for one in told), Counter())


def audit(url: str, told: Sequence[dict[str, Any]]) -> None:
    """What each was told must be what the database says, and no more."""
    counts, engine = add_up(told), create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text(OVERLAPS)).scalar() == 0, "something was promised twice"
        assert connection.execute(text(IN_PART)).scalar() == 0, "a booking was kept in part"
        assert connection.execute(text(BETWEEN)).scalar() == 0, "a promise was left between two devices"
        made = connection.execute(text(BOOKINGS)).scalar()
        kept = {row[0]: row[1] for row in connection.execute(text(KEPT))}
    engine.dispose()
    assert made == counts["accepted"] + counts["overdue"], "a booking was lost, or made though it was refused"
    assert kept == {key: units for one in told for key, units in one["bookings"].items()}, "a promise was lost"


def judge(name: str, told: Sequence[dict[str, Any]], attempts: int, begun: float) -> Counter[str]:
    """Print the counts; enough must be accepted, and enough refused, to prove anything."""
    counts = add_up(told)
    seconds, share = time.monotonic() - begun, counts["accepted"] / attempts
    print(f"\n{name}: {attempts} attempts in {seconds:.0f} s ({attempts / seconds:.0f} a second), "
          f"{share:.0%} accepted: {dict(sorted(counts.items()))}")  # fmt: skip
    assert counts["accepted"] + counts["refused"] == attempts
    assert share >= 0.2 and counts["refused"], "too few accepted, or none refused"
    assert share <= 0.6 or attempts < ENOUGH, "too few refused"
    return counts
