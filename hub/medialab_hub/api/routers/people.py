"""People who borrow: trainers look, staff write. Answers are not kept by browsers."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.bookings import BookingView
from medialab_hub.api.schemas.people import Erasure, MemberBody, NewPerson, PersonChange, PersonReport, PersonView
from medialab_hub.domain.roles import Role
from medialab_hub.services import people, person_rows
from medialab_hub.services.people import Change, Contact, Member
from medialab_hub.storage.noun import Row

router = APIRouter(tags=["people"])
MOST = 200
"""People in one answer."""
MOST_BOOKINGS = 200
"""Bookings of one in one answer."""
PRIVATE = {"Cache-Control": "no-store"}
CONTACT = ("family_name", "given_name", "email", "phone")


@router.get("/people", response_model=list[PersonView])
async def list_people(
    hub: HubDep,
    trainer: Trainer,
    query: Annotated[str, Query(max_length=120)] = "",
    institution: str | None = None,
    most: int = Query(default=MOST, ge=1, le=MOST),
) -> Response:
    """People by name, those that fit all words; staff also find them by e-mail address and phone number."""
    contact, now = trainer.role.covers(Role.STAFF), hub.clock.now()
    rows = await hub.read(lambda session: person_rows.found(session, query, institution, most, now, contact=contact))
    return as_json(rows, headers=PRIVATE)


@router.get("/people/{person_id}", response_model=PersonView)
async def get_person(person_id: str, hub: HubDep, trainer: Trainer) -> Response:
    """One person."""
    contact, now = trainer.role.covers(Role.STAFF), hub.clock.now()
    row = await hub.read(lambda session: person_rows.one(session, person_id, now, contact=contact))
    return as_json(row, headers=PRIVATE)


@router.get("/people/{person_id}/bookings", response_model=list[BookingView])
async def list_bookings_of_person(person_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """What was booked for a person, the latest first; 200 at most."""
    rows = await hub.read(lambda session: person_rows.booked(session, person_id, MOST_BOOKINGS))
    return as_json(rows, headers=PRIVATE)


@router.post("/people", response_model=PersonView, status_code=201)
async def add_person(body: NewPerson, hub: HubDep, staff: Staff) -> Response:
    """A new person."""
    contact = Contact(**{name: getattr(body, name) for name in CONTACT})
    members = _members(body.memberships)
    key = await hub.writer.run(lambda uow: people.add(uow, contact, body.institution, members, staff.id), durable=True)
    return as_json(await _view(hub, key), 201, PRIVATE)


@router.patch("/people/{person_id}", response_model=PersonView)
async def change_person(person_id: str, body: PersonChange, hub: HubDep, staff: Staff) -> Response:
    """Change, block, let borrow again."""
    given = {name: getattr(body, name) for name in CONTACT if getattr(body, name) is not None}
    wish = Change(
        contact=given,
        institution=body.institution,
        members=None if body.memberships is None else _members(body.memberships),
        blocked_until=body.blocked_until,
        unblock=body.unblock,
        keep=body.keep,
    )
    await hub.writer.run(lambda uow: people.change(uow, person_id, body.version, wish, staff.id), durable=True)
    return as_json(await _view(hub, person_id), headers=PRIVATE)


@router.delete("/people/{person_id}", response_model=Erasure)
async def erase_person(person_id: str, hub: HubDep, staff: Staff) -> Response:
    """Erase a person: at once, or by itself as soon as everything is back and nothing is booked any more."""
    done = await hub.writer.run(lambda uow: people.erase(uow, person_id, staff.id), durable=True)
    return as_json({"erased": done.is_done, "open_bookings": list(done.open_bookings)})


@router.get("/people/{person_id}/report", response_model=PersonReport)
async def report_person(person_id: str, hub: HubDep, staff: Staff) -> Response:
    """Everything that is stored about a person, to hand over (Art. 15 GDPR); that it was asked for is recorded."""
    await hub.writer.run(lambda uow: people.report_given(uow, person_id, staff.id))
    now = hub.clock.now()
    row = await hub.read(lambda session: person_rows.report(session, person_id, now))
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="report.json"'}
    return as_json(row, headers=headers)


def _members(bodies: list[MemberBody]) -> list[Member]:
    return [Member(body.institution, body.role, body.valid_to) for body in bodies]


async def _view(hub: HubDep, person_id: str) -> Row:
    now = hub.clock.now()
    return await hub.read(lambda session: person_rows.one(session, person_id, now, contact=True))
