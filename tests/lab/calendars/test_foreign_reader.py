"""A foreign calendar program reads our feed and finds the same events."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from medialab_hub.adapters.calendars import CalendarWriter
from medialab_hub.domain.calendars import CalendarEvent, Feed

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".cache/peers/calendar/bin/python"


def test_a_thousand_events_are_the_same_for_another_program() -> None:
    assert PYTHON.exists(), "the peer is missing: make -s .cache/peers/calendar/.synced"
    start = datetime(2026, 1, 3, 5, 30, tzinfo=UTC)
    events = tuple(
        CalendarEvent(f"bok-{n}", n % 5, start, start + timedelta(hours=9 * n), start + timedelta(hours=9 * n + 7),
                      f"{n} × Tablet; Koffer, „Wald“\\n – Schule {n}", is_canceled=n % 7 == 0)
        for n in range(1000)
    )  # fmt: skip
    data = CalendarWriter().write(Feed("cal-1", "Medienzentrum", "de", events), ZoneInfo("Europe/Berlin"))
    reader = ROOT / "tests/peers/calendar/read.py"
    said = subprocess.run([PYTHON, reader], input=data, capture_output=True, check=True, timeout=60).stdout
    found = json.loads(said)
    assert found["zones"] == ["Europe/Berlin"]
    assert [
        (one["uid"], one["summary"], one["starts"], one["ends"], one["status"], int(one["sequence"]))
        for one in found["events"]
    ] == [
        (f"{event.key}@medialab-hub", event.summary, event.starts.isoformat(), event.ends.isoformat(),
         "CANCELLED" if event.is_canceled else "CONFIRMED", event.revision)
        for event in events
    ]  # fmt: skip
