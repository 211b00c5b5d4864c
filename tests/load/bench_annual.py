"""Prints what the report of a year over fifty thousand loans costs, from the database to the words. Judges nothing."""

import random
import secrets
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlmodel import Session

from medialab_hub.domain.annual_reports import YearKind
from medialab_hub.services import annual_reports
from medialab_hub.storage.database import Database, open_database
from medialab_hub.storage.migrate import migrate
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, Device, LoanFact, Model, UnmetDemand

LOANS, DEVICES, MODELS, WISHES, SCHOOLS, RUNS = 50_000, 2_000, 60, 5_000, 400, 5
ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2025, 12, 20, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
KINDS = ("school", "daycare", "youth", "association", "")
FORMS = ("grundschule", "gymnasium", "gesamtschule", "realschule", "")
AREAS = ("1.1", "1.2", "4.1", "4.2", "6.1", "6.3")


def places(chance: random.Random) -> list[dict[str, Any]]:
    """The institutions that borrow."""
    kinds = [chance.choice(KINDS) for _ in range(SCHOOLS)]
    return [
        {
            "institution_kind": kind,
            "school_form": chance.choice(FORMS) if kind == "school" else "",
            "municipality": f"Ort {number % 40}",
            "municipality_key": f"{5_500_000 + number % 40:08}",
        }
        for number, kind in enumerate(kinds)
    ]


def rows(chance: random.Random) -> dict[type[Any], list[dict[str, Any]]]:
    """A year of loans of one to three devices each."""
    start = {"starts_at": BEGIN, "ends_at": END}
    found: dict[type[Any], list[dict[str, Any]]] = {
        table: [] for table in (Model, Device, Booking, BookingLine, Allocation, LoanFact, UnmetDemand)
    }
    for number in range(MODELS):
        found[Model].append(Model(id=f"mod-{number}", name=f"Modell {number}").model_dump())
    device = Device(id="", name="", found_at=BEGIN, adopted_at=BEGIN).model_dump()
    for number in range(DEVICES):
        found[Device].append({**device, "id": f"dev-{number}", "model_id": f"mod-{number % MODELS}"})
    found[Booking].append(Booking(id="", created_at=BEGIN, **start).model_dump())
    found[BookingLine].append(BookingLine(id="", booking_id="").model_dump())
    blocked = {"blocked_from": BEGIN, "blocked_to": END, "device_id": "", "kind": "loan", "status": "done"}
    found[Allocation].append(Allocation(id="", **blocked, **start).model_dump())
    ids = dict.fromkeys(("id", "allocation_id", "booking_id", "device_id"), "")
    found[LoanFact].append(LoanFact(**ids, lent_at=BEGIN, returned_at=END).model_dump())
    schools = places(chance)
    areas = [sorted(chance.sample(AREAS, 3)) for _ in range(MODELS)]
    for number in range(LOANS):
        a_loan(chance, number, found, chance.choice(schools), areas)
    for table in (Booking, BookingLine, Allocation, LoanFact):
        del found[table][0]
    for number in range(WISHES):
        begin, model = BEGIN + timedelta(minutes=chance.randrange(360 * 1440)), chance.randrange(MODELS)
        times = {"starts_at": begin, "ends_at": begin + timedelta(days=3), "asked_at": begin - timedelta(days=9)}
        wish = {"id": f"unm-{number}", "model_id": f"mod-{model}", "quantity": 5, "free": chance.randrange(5), **times}
        found[UnmetDemand].append({**wish, "reason": "not-free", "areas": areas[model], **chance.choice(schools)})
    return found


def a_loan(
    chance: random.Random,
    number: int,
    found: dict[type[Any], list[dict[str, Any]]],
    school: dict[str, Any],
    areas: list[list[str]],
) -> None:
    """The first row of each table has what is the same in all."""
    start = BEGIN + timedelta(minutes=chance.randrange(365 * 1440))
    end = start + timedelta(hours=chance.randint(1, 400))
    size = chance.choice((None, 12, 24, 30))
    times = {"starts_at": start, "ends_at": end}
    booking, line = f"bok-{number}", f"lin-{number}"
    found[Booking].append({**found[Booking][0], "id": booking, "group_size": size, **times})
    found[BookingLine].append({**found[BookingLine][0], "id": line, "booking_id": booking, "model_id": "mod-0"})
    for device in chance.sample(range(DEVICES), chance.randint(1, 3)):
        key, model = f"{number}-{device}", device % MODELS
        blocked = {"blocked_from": start, "blocked_to": end, "device_id": f"dev-{device}", "line_id": line}
        found[Allocation].append({**found[Allocation][0], "id": f"alc-{key}", **blocked, **times})
        ids = {"id": f"fct-{key}", "allocation_id": f"alc-{key}", "booking_id": booking, "device_id": f"dev-{device}"}
        said = {"is_on_time": chance.random() < 0.9, "reset_min": chance.choice((None, 2, 7)), "areas": areas[model]}
        more = {"model_id": f"mod-{model}", "group_size": size, "lent_at": start, "returned_at": end}
        found[LoanFact].append({**found[LoanFact][0], **ids, **said, **more, **school})


def fill(database: Database) -> int:
    """Returns how many devices were lent."""
    found = rows(random.Random(1))
    with database.writer.begin() as connection:
        for table, entries in found.items():
            for begin in range(0, len(entries), 5_000):
                connection.execute(insert(table), entries[begin : begin + 5_000])
    return len(found[LoanFact])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / f'{secrets.token_hex(4)}.sqlite'}")
        migrate(database)
        items = fill(database)
        print(f"A year of {LOANS} loans of {items} devices, {WISHES} refused wishes:", flush=True)
        for kind in YearKind:
            seconds, worked = [], []
            for _ in range(RUNS):
                begin, began = time.perf_counter(), time.process_time()
                with Session(database.reader) as session:
                    told = annual_reports.shown(session, kind, 2026, ZONE, END)
                seconds.append(time.perf_counter() - begin)
                worked.append(time.process_time() - began)
            ordered = sorted(seconds)
            print(
                f"  {kind} year, {told['total']['loans']} loans in it: {ordered[RUNS // 2]:.2f} s,"
                f" at most {ordered[-1]:.2f} s; of the processor {sorted(worked)[RUNS // 2]:.2f} s",
                flush=True,
            )
        database.close()


if __name__ == "__main__":
    main()
