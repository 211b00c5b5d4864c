"""People are found, kept out of journal and stream, and forgotten so that nothing of them is left."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.people import MemberRole
from medialab_hub.domain.scanning import CodeNoun
from medialab_hub.errors import Conflict, HubError, NotFound
from medialab_hub.services import bookings, codes, institutions, lending, models, people, person_rows
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.institutions import Facts
from medialab_hub.services.people import Change, Contact, Member
from medialab_hub.storage import journal
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Booking, JournalRow, Membership, Person
from tests.fixtures.hub_core import HubCore

CANARIES = ("Kanarienvogel", "Zwitscherling", "piep@voliere.example", "0251 987654", "Flugschau am Kanarientag")
MIA = Contact("Kanarienvogel", "Zwitscherling", "piep@voliere.example", "0251 987654")


def school(core: HubCore, name: str = "Grundschule am Wald") -> str:
    return core.do(institutions.add, Facts(name, "school", municipality="Münster"), "staff")


def mia(core: HubCore) -> str:
    where = school(core)
    return core.do(people.add, MIA, where, [Member(where, MemberRole.TEACHER)], "staff")


def tablets(core: HubCore, count: int = 1) -> tuple[str, list[str]]:
    devices = [core.prepare(f"t{number}") for number in range(1, count + 1)]
    model = core.do(models.add, "Tablet", None, models.Care(), "staff")
    core.do(models.put_in, model, devices, "staff")
    return model, devices


def booked(core: HubCore, model: str, person: str, start: float, end: float) -> str:
    now = core.clock.now()
    interval = Interval(now + timedelta(days=start), now + timedelta(days=end))
    key = f"Kanarienvogel {start}"
    return core.do(
        bookings.book, Wish([LineWish(model)], interval, person=person, purpose=CANARIES[4], client_key=key), "staff"
    )


def found(core: HubCore, query: str, *, contact: bool = True, institution: str | None = None) -> list[str]:
    rows = core.read(person_rows.found, query, institution, 50, core.clock.now(), contact=contact)
    return [row["family_name"] for row in rows]


def standing(core: HubCore, person: str) -> str:
    return str(core.read(person_rows.one, person, core.clock.now(), contact=True)["standing"])


def everything(session: Session) -> str:
    """Every row of every table that may know a person."""
    rows = [row for table in (Person, Membership, Booking, JournalRow) for row in session.exec(select(table)).all()]
    return json.dumps([row.model_dump(mode="json") for row in rows], ensure_ascii=False)


def test_people_are_found_by_parts_of_words_however_they_are_spelt(core: HubCore) -> None:
    where = school(core)
    core.do(people.add, Contact("Müller-Öztürk", "Zoë", "Zoe@Schule.example", "+49 251 12 34"), where, (), "staff")
    core.do(people.add, Contact("Muster", "100%"), None, (), "staff")
    for query in ("müller", "MUELLER", "zoe özt", "zoe@schule", "251 12"):
        assert found(core, query) == ["Müller-Öztürk"], query
    assert found(core, "%") == ["Muster"], "signs of the database are taken literally"
    assert found(core, "_") == []
    assert found(core, "") == ["Muster", "Müller-Öztürk"] or found(core, "") == ["Müller-Öztürk", "Muster"]
    assert found(core, "", institution=where) == ["Müller-Öztürk"]


def test_trainers_neither_see_nor_find_addresses(core: HubCore) -> None:
    person = mia(core)
    assert found(core, "piep", contact=False) == [] and found(core, "kanari", contact=False) == ["Kanarienvogel"]
    row = core.read(person_rows.one, person, core.clock.now(), contact=False)
    assert (row["email"], row["phone"]) == (None, None)


def test_members_come_and_go_and_a_version_is_needed(core: HubCore) -> None:
    person, second = mia(core), school(core, "Gesamtschule")
    end = core.clock.now() + timedelta(days=30)
    wish = Change({"phone": "0800 1"}, second, [Member(second, MemberRole.HEAD, end)])
    core.do(people.change, person, 0, wish, "staff")
    row = core.read(person_rows.one, person, core.clock.now(), contact=True)
    assert (row["phone"], row["institution"], row["version"]) == ("0800 1", second, 1)
    assert [(one["institution"], one["role"]) for one in row["memberships"]] == [(second, "head")]
    with pytest.raises(Conflict, match="version-conflict"):
        core.do(people.change, person, 0, Change({}), "staff")
    with pytest.raises(NotFound):
        core.do(people.add, MIA, None, [Member("ins-none")], "staff")


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        (Contact(" "), "name-missing"),
        (Contact("x" * 81), "wrong-family-name"),
        (Contact("a\x00b"), "wrong-family-name"),
        (Contact("A", email="nobody"), "wrong-email"),
        (Contact("A", email="a@b.c, d@e.f"), "wrong-email"),
        (Contact("A", phone="call me"), "wrong-phone"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_right_is_refused(core: HubCore, contact: Contact, code: str) -> None:
    with pytest.raises(HubError, match=code):
        core.do(people.add, contact, None, (), "staff")


def test_who_is_blocked_or_waits_for_erasure_gets_nothing_new(core: HubCore) -> None:
    person, (model, _) = mia(core), tablets(core, 2)
    core.do(people.change, person, 0, Change({}, blocked_until=core.clock.now() + timedelta(days=1)), "staff")
    assert standing(core, person) == "blocked"
    with pytest.raises(Conflict, match="person-blocked"):
        booked(core, model, person, 1, 2)
    core.do(people.change, person, 1, Change({}, unblock=True), "staff")
    booked(core, model, person, 1, 2)
    assert not core.do(people.erase, person, "staff").is_done
    with pytest.raises(Conflict, match="person-blocked"):
        booked(core, model, person, 3, 4)
    version = core.read(person_rows.one, person, core.clock.now(), contact=True)["version"]
    core.do(people.change, person, version, Change({}, keep=True), "staff")
    assert standing(core, person) == "welcome"


def test_who_has_something_out_is_erased_when_it_is_back(core: HubCore) -> None:
    person, (model, devices) = mia(core), tablets(core)
    booking = booked(core, model, person, 0, 1)
    core.do(lending.check_out, booking, devices[0], "staff")
    core.clock.pass_time(3 * 86400)  # overdue: long after it should have been back
    assert core.do(people.erase, person, "staff") == people.Erased(is_done=False, open_bookings=[booking])
    assert (standing(core, person), core.do(people.erase_due)) == ("restricted", 0)
    core.do(lending.check_in, devices[0], "staff")
    assert core.do(people.erase_due) == 1
    with pytest.raises(NotFound):
        standing(core, person)
    row = core.read(lambda session: session.get_one(Booking, booking))
    assert (row.person_id, row.purpose, row.client_key) == (None, "", None)
    assert core.do(people.erase_due) == 0


def test_a_booking_to_come_keeps_a_person_and_one_called_off_does_not(core: HubCore) -> None:
    person, (model, _) = mia(core), tablets(core)
    booking = booked(core, model, person, 1, 2)
    assert core.do(people.erase, person, "staff").open_bookings == [booking]
    core.do(bookings.cancel, booking, "staff")
    assert core.do(people.erase_due) == 1


def test_only_who_asked_for_it_is_erased(core: HubCore) -> None:
    person, other = mia(core), core.do(people.add, Contact("Bleibt"), None, (), "staff")
    assert core.do(people.erase_due) == 0
    assert core.do(people.erase, person, "staff").is_done
    assert found(core, "") == ["Bleibt"]
    assert standing(core, other) == "welcome"


def test_neither_journal_nor_stream_nor_log_ever_hears_of_a_person(
    core: HubCore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person, (model, _) = mia(core), tablets(core)
    booked(core, model, person, -1, 0.001)
    core.do(people.change, person, 0, Change({"given_name": "Zwitscherling"}), "staff")
    told = b"".join(event.data for event in core.events) + caplog.text.encode()
    lines = core.read(lambda session: json.dumps([r.model_dump(mode="json") for r in session.exec(select(JournalRow))]))
    assert person.encode() in told and person in lines
    assert not [word for word in CANARIES if word.encode() in told or word in lines]


def test_a_report_tells_everything_and_later_tables_too(core: HubCore) -> None:
    person, (model, _) = mia(core), tablets(core)
    booking = booked(core, model, person, 1, 2)
    told: dict[str, Any] = core.read(person_rows.report, person, core.clock.now())
    text = json.dumps(told, ensure_ascii=False)
    assert not [word for word in CANARIES if word not in text]
    assert told["bookings"][0]["booking"]["id"] == booking and told["bookings"][0]["things"] == ["Tablet"]
    assert told["person"]["memberships"][0]["institution_name"] == "Grundschule am Wald"
    assert [line["kind"] for line in told["journal"]] == ["person.added"]


def test_the_card_of_an_erased_person_may_be_given_to_another(core: HubCore) -> None:
    person, other = mia(core), core.do(people.add, Contact("Bleibt"), None, (), "staff")
    (code,) = core.do(codes.make, 1, "staff")
    core.do(codes.claim, code, (CodeNoun.PERSON, person), "staff")
    assert core.read(person_rows.report, person, core.clock.now())["labels"] == [code]
    core.do(people.erase, person, "staff")
    assert core.read(codes.label, code).subject is None
    core.do(codes.claim, code, (CodeNoun.PERSON, other), "staff")


def test_an_erased_person_leaves_only_an_id(core: HubCore) -> None:
    person, (model, _) = mia(core), tablets(core)
    booked(core, model, person, -1, 0.001)
    assert [word for word in CANARIES if word in core.read(everything)] == list(CANARIES)
    core.clock.pass_time(3600)
    assert core.do(people.erase, person, "staff").is_done
    left = core.read(everything)
    assert person in left and not [word for word in CANARIES if word in left]
    assert core.read(journal.first_broken) is None
    assert [event.name for event in core.events[-2:]] == ["person", "booking"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_erased_person_is_nowhere_in_the_database_files_of_a_running_hub(core: HubCore) -> None:
    file = Path(str(core.database.reader.url.database))
    model, _ = tablets(core)
    crowd = core.do(
        lambda uow: [people.add(uow, Contact(f"Kanarienvogel {number}"), None, (), "staff") for number in range(60)]
    )
    person = mia(core)
    booked(core, model, person, -1, 0.001)
    core.do(people.change, person, 0, Change({"email": "kanarienvogel.piep@voliere.example"}), "staff")
    core.clock.pass_time(3600)
    before = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    assert not [word for word in CANARIES if word.encode() not in before]
    core.do(lambda uow: [people.erase(uow, one, "staff") for one in (*crowd, person)])
    data = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))  # while the hub goes on running
    assert person.encode() in data, "the test would not find anything"
    words = (*CANARIES, "kanarienvogel", "zwitscherling", "voliere")
    assert not [word for word in words if word.encode() in data]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_still_reads_an_older_state_keeps_nobody_waiting_and_the_trace_goes_later(core: HubCore) -> None:
    file = Path(str(core.database.reader.url.database))
    log = file.with_name(f"{file.name}-wal")
    person = core.do(people.add, MIA, None, (), "staff")
    with Session(core.database.reader) as session:
        session.connection().exec_driver_sql("BEGIN")
        assert session.get(Person, person) is not None
        core.do(people.erase, person, "staff")
        assert b"Kanarienvogel" in log.read_bytes(), "the test would show nothing"
    core.do(people.add, Contact("Bleibt"), None, (), "staff")
    assert b"Kanarienvogel" not in log.read_bytes() + file.read_bytes()
