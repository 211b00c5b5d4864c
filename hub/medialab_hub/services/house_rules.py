"""The rules of the house: opening hours, and what each model asks for. Staff may set one aside with an excuse."""

from collections.abc import Iterator, Sequence
from datetime import timedelta, tzinfo

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.bookings import BookingKind, Decision
from medialab_hub.domain.opening import Calendar, is_open, next_opening, takes_back
from medialab_hub.errors import Conflict
from medialab_hub.services import house_refusals as refusals
from medialab_hub.services import trainings
from medialab_hub.services.booking_lines import devices_of, models_of
from medialab_hub.services.opening import calendar_of
from medialab_hub.services.wishes import HouseRules, LineWish, Wish
from medialab_hub.storage.tables import Booking, BookingLine, Institution, Model, Person
from medialab_hub.storage.unit_of_work import UnitOfWork


def require(uow: UnitOfWork, wish: Wish) -> dict[str, str]:
    """What was set aside and why, for the journal; empty when nothing was. Raises `Conflict` for the first rule that
    is broken and not set aside."""
    rules = wish.rules
    if rules is None:
        return {}
    broken = list(_broken(uow, wish, rules))
    if not broken:
        return {}
    if not rules.is_staff or rules.excuse is None:
        raise broken[0]
    return {"excuse": rules.excuse.value, "set_aside": " ".join(dict.fromkeys(one.code for one in broken))}


def wish_of(booking: Booking, lines: Sequence[BookingLine], interval: Interval, rules: HouseRules | None) -> Wish:
    """What was wished for by a booking, for another time."""
    return Wish(
        lines=[LineWish(line.model_id, line.kit_id, line.device_id, line.quantity) for line in lines],
        interval=interval,
        kind=BookingKind(booking.kind),
        decision=Decision(booking.decision),
        institution=booking.institution_id,
        person=booking.person_id,
        rules=rules,
    )


def _broken(uow: UnitOfWork, wish: Wish, rules: HouseRules) -> Iterator[Conflict]:
    models = _models(uow, wish)
    if rules.zone is not None:
        calendar = calendar_of(uow.session, rules.zone)
        if wish.kind == BookingKind.LOAN:
            yield from _closed(calendar, wish.interval, rules)
            yield from _too_long(models, wish.interval, rules.zone)
        yield from _too_soon(uow, models, wish.interval, calendar, rules)
    if wish.decision != Decision.HELD and wish.kind == BookingKind.LOAN:
        yield from _not_for(uow, models, wish)
        yield from _untrained(uow, models, wish)


def _models(uow: UnitOfWork, wish: Wish) -> list[Model]:
    keys = [line.model for line in wish.lines if line.model is not None]
    devices = [device.id for line in wish.lines for device in devices_of(uow, line)]
    found = (uow.session.get(Model, key) for key in dict.fromkeys([*keys, *models_of(uow, devices)]))
    return [model for model in found if model is not None]


def _closed(calendar: Calendar, interval: Interval, rules: HouseRules) -> Iterator[Conflict]:
    """Nothing is asked as long as nobody entered the hours."""
    if not any(calendar.hours.values()):
        return
    start, end, zone = interval.start, interval.end, calendar.zone
    if not rules.is_handed_out_now and not is_open(calendar, start):
        yield refusals.closed_at_start(start, next_opening(calendar, start), zone)
    if end is not None and not takes_back(calendar, end):
        yield refusals.closed_at_end(end, next_opening(calendar, end), zone)


def _too_long(models: Sequence[Model], interval: Interval, zone: tzinfo) -> Iterator[Conflict]:
    if interval.end is None:
        return
    first, last = interval.start.astimezone(zone), interval.end.astimezone(zone)
    for model in models:
        most = model.max_loan_days
        if most is not None and (last.date() - first.date()).days > most:
            yield refusals.too_long(model, most, first + timedelta(days=most), zone)


def _too_soon(
    uow: UnitOfWork, models: Sequence[Model], interval: Interval, calendar: Calendar, rules: HouseRules
) -> Iterator[Conflict]:
    for model in models:
        earliest = uow.now + timedelta(hours=model.notice_h)
        if not rules.is_staff and model.notice_h and interval.start < earliest:
            yield refusals.too_soon(model, next_opening(calendar, earliest) or earliest, calendar.zone)


def _not_for(uow: UnitOfWork, models: Sequence[Model], wish: Wish) -> Iterator[Conflict]:
    person = None if wish.person is None else uow.session.get(Person, wish.person)
    key = wish.institution or (None if person is None else person.institution_id)
    institution = None if key is None else uow.session.get(Institution, key)
    for model in models:
        if model.lends_to and (institution is None or institution.kind not in model.lends_to):
            yield refusals.not_for(model, is_known=institution is not None)


def _untrained(uow: UnitOfWork, models: Sequence[Model], wish: Wish) -> Iterator[Conflict]:
    for model in models:
        if not model.needs_training:
            continue
        if wish.person is None:
            yield refusals.nobody_trained(model)
        elif not trainings.is_trained(uow.session, wish.person, model, wish.interval.start):
            yield refusals.untrained(model)
