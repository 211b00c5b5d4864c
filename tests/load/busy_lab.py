"""Fills a database with the devices, models and loans of a large centre: two years past, half a year ahead."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert

from medialab_hub.domain.inspections import InspectionKind, InspectionResult
from medialab_hub.storage.database import Database, open_database
from medialab_hub.storage.migrate import migrate
from medialab_hub.storage.tables import Allocation, Device, Inspection, Model

SIZES = (400, 150, 150, 100, *[20] * 60)
"""Devices of each model: 2,000."""
PAST, AHEAD = 30, 20
"""Loans of each device: 100,000."""
TURNAROUND = timedelta(hours=2)
HOUR = timedelta(hours=1)


def fill(url: str, now: datetime, seed: int = 1) -> list[str]:
    """An empty database becomes a busy one; returns the models, the largest first."""
    database, chance = open_database(url), random.Random(seed)
    migrate(database)
    models, devices, tests, loans = [], [], [], []
    for number, size in enumerate(SIZES):
        model = f"mod-{number:03d}"
        tested = 24 if number % 2 else None
        models.append({"id": model, "name": f"Modell {number:03d}", "turnaround_min": 120, "test_months": tested})
        for one in range(size):
            key = f"dev-{number:03d}-{one:03d}"
            adopted = now - timedelta(days=900)
            devices.append(
                {"id": key, "name": f"Gerät {number:03d} {one:03d}", "found_at": adopted, "adopted_at": adopted}
                | {"model_id": model}
            )
            if tested:
                tests.append(_a_test(key, now, chance))
            loans += _loans(key, now, chance)
    _store(database, {Model: models, Device: devices, Inspection: tests, Allocation: loans})
    database.close()
    return [model["id"] for model in models]


def _a_test(device: str, now: datetime, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"isp-{device}",
        "device_id": device,
        "kind": InspectionKind.SAFETY.value,
        "result": InspectionResult.PASSED.value,
        "done_at": now - timedelta(days=chance.randrange(10, 300)),
        "entered_at": now,
        "measured": {},
        "inspector": "bench",
        "note": "",
    }


def _loans(device: str, now: datetime, chance: random.Random) -> list[dict[str, Any]]:
    """Of each three to seven days with pauses; some were promised of this very device, and some devices are away."""
    found, start = [], now - timedelta(days=730)
    for number in range(PAST):
        start += chance.randrange(24, 24 * 28) * HOUR
        end = start + chance.randrange(24, 24 * 8) * HOUR
        found.append(_loan(f"{device}-p{number}", device, min(start, now - 2 * HOUR), min(end, now - HOUR), "done"))
        start = end + TURNAROUND
    start = now + chance.randrange(2, 24 * 10) * HOUR
    if chance.random() < 0.02:
        found.append({**_loan(f"{device}-q", device, now - HOUR, None, "confirmed"), "kind": "quarantine"})
        return found
    for number in range(AHEAD):
        end = start + chance.randrange(24 * 3, 24 * 8) * HOUR
        loan = _loan(f"{device}-f{number}", device, start, end, "confirmed")
        found.append({**loan, "is_pinned": chance.random() < 0.1})
        start = end + TURNAROUND + chance.randrange(1, 24 * 8) * HOUR
    return found


def _loan(key: str, device: str, start: datetime, end: datetime | None, status: str) -> dict[str, Any]:
    return {
        "id": f"alc-{key}",
        "device_id": device,
        "kind": "loan",
        "status": status,
        "starts_at": start,
        "ends_at": end,
        "blocked_from": start,
        "blocked_to": None if end is None else (end if status == "done" else end + TURNAROUND),
        "is_pinned": False,
    }


def _store(database: Database, rows: dict[type, list[dict[str, Any]]]) -> None:
    with database.writer.begin() as connection:
        for table, found in rows.items():
            made: Table = table.__table__  # type: ignore[attr-defined]
            connection.execute(insert(made), [_whole(table, row) for row in found])


def _whole(table: type, row: dict[str, Any]) -> dict[str, Any]:
    """With the defaults of the class."""
    whole = table(**row)
    names = [column.name for column in table.__table__.columns]  # type: ignore[attr-defined]
    return {name: getattr(whole, name) for name in names}
