"""Writes down what statistics may know of a loan the moment a device is back, and takes it away with an undo."""

from typing import Any

from medialab_hub.catalogue.loader import shipped
from medialab_hub.services.device_classes import class_of
from medialab_hub.storage import allocations, bookings, devices
from medialab_hub.storage import loan_facts as rows
from medialab_hub.storage.tables import Allocation, Device, Institution, Job, LoanFact, Model, Person
from medialab_hub.storage.unit_of_work import UnitOfWork


def write(uow: UnitOfWork, unit: Allocation, *, is_back: bool = True) -> None:
    """This is over; what is lost was not back in time. Whatever is looked up here is as it is now."""
    booking, device = bookings.of_allocation(uow.session, unit), devices.get(uow.session, unit.device_id)
    if booking is None or device is None:
        return
    take_away(uow, unit.id)
    place = institution_of(uow, booking.institution_id, booking.person_id)
    class_id = _class_of(uow, device)
    returned = min(unit.ends_at or uow.now, uow.now)
    uow.session.add(
        LoanFact(
            id=uow.new_id("fct"),
            allocation_id=unit.id,
            booking_id=booking.id,
            device_id=device.id,
            model_id=device.model_id,
            class_id=class_id,
            kind=booking.kind,
            **about(place),
            areas=areas_of(class_id),
            group_size=booking.group_size,
            lent_at=unit.starts_at,
            returned_at=max(unit.starts_at, returned),
            is_on_time=is_back and returned <= booking.ends_at,
            was_unverified=_was_unverified(uow, unit, device),
        )
    )
    uow.session.flush()


def take_away(uow: UnitOfWork, allocation_id: str) -> None:
    """The return was undone: it is not over yet."""
    rows.remove_of(uow.session, allocation_id)


def note_reset(uow: UnitOfWork, job: Job) -> None:
    """A reset has ended: how long the resets since the last return took, all together."""
    fact = rows.latest_of(uow.session, job.device_id)
    if fact is None or job.created_at < fact.returned_at or allocations.out(uow.session, job.device_id) is not None:
        return
    ran = [
        (one.ended_at - one.started_at).total_seconds()
        for one in rows.resets_since(uow.session, job.device_id, fact.returned_at)
        if one.started_at is not None and one.ended_at is not None
    ]
    fact.reset_min = int(-(-sum(ran) // 60)) if ran else None
    uow.session.flush()


def institution_of(uow: UnitOfWork, institution_id: str | None, person_id: str | None) -> Institution | None:
    """For whom it was: as it was booked, else the institution the person mostly borrows for."""
    if institution_id is None and person_id is not None:
        person = uow.session.get(Person, person_id)
        institution_id = None if person is None else person.institution_id
    return None if institution_id is None else uow.session.get(Institution, institution_id)


def about(place: Institution | None) -> dict[str, Any]:
    """What statistics know of an institution."""
    fields = {"institution_kind": "kind"} | {name: name for name in ("school_form", "municipality", "municipality_key")}
    return {name: "" if place is None else getattr(place, field) for name, field in fields.items()}


def areas_of(class_id: str | None) -> list[str]:
    """Areas of the Medienkompetenzrahmen that a class of the catalogue serves."""
    known = shipped().classes
    return sorted(known[class_id].mkr) if class_id is not None and class_id in known else []


def _class_of(uow: UnitOfWork, device: Device) -> str | None:
    model = None if device.model_id is None else uow.session.get(Model, device.model_id)
    said = (device.chosen_class, None if model is None else model.class_id)
    known = next((one for one in said if one in shipped().classes), None)
    if known is not None:
        return known
    ways, signs = devices.connections_of(uow.session, [device.id]), devices.identities_of(uow.session, [device.id])
    return class_of(device, ways, signs).decided


def _was_unverified(uow: UnitOfWork, unit: Allocation, device: Device) -> bool:
    return device.proven_at is None or rows.was_set_aside(uow.session, device.id, unit.starts_at)
