"""Questions and defects: told by anybody, answered and closed by staff, kept as the history of the device."""

from medialab_hub.domain.events import Happened
from medialab_hub.domain.support_cases import SupportTopic
from medialab_hub.domain.typed_words import has_hidden, tidy
from medialab_hub.errors import Conflict
from medialab_hub.services.refusals import no_such, not_possible, not_understood
from medialab_hub.services.subjects import require_device
from medialab_hub.services.support_case_rows import SUPPORT_CASES
from medialab_hub.storage import allocations, bookings, support_cases
from medialab_hub.storage.tables import SupportCase, SupportEntry
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

LONGEST = 1_000
"""Characters of one entry."""
MOST_OF_GUESTS = 5
"""Open ones of one device that guests may open; whoever comes then is told that the lab knows."""


def begin(uow: UnitOfWork, device_id: str, topic: SupportTopic, words: str, actor: str) -> str:
    """A new case; returns it. `actor` "": a guest. Raises `NotFound`, `Conflict` for one guest too many."""
    device = require_device(uow, device_id)
    if not actor and support_cases.how_many_open(uow.session, device_id, of_guests=True) >= MOST_OF_GUESTS:
        raise _known_already(device_id)
    words = _checked(words, needed=topic is not SupportTopic.EXTENSION)
    out = allocations.out(uow.session, device.id)
    booking = None if out is None else bookings.of_allocation(uow.session, out)
    case = SupportCase(
        id=uow.new_id("cas"),
        device_id=device.id,
        topic=topic.value,
        booking_id=None if booking is None else booking.id,
        opened_at=uow.now,
        opened_by=actor,
    )
    uow.session.add(case)
    uow.session.flush()
    _write(uow, case, words, actor)
    uow.record(Happened.SUPPORT_OPENED, case.id, actor, topic=case.topic)
    return case.id


def answer(uow: UnitOfWork, case_id: str, words: str, actor: str) -> None:
    """One more entry. Raises `NotFound`, `Conflict` for a case that is closed."""
    case = _require_open(uow, case_id)
    _write(uow, case, _checked(words, needed=True), actor)
    uow.record(Happened.SUPPORT_ANSWERED, case.id, actor)


def close(uow: UnitOfWork, case_id: str, words: str, actor: str) -> None:
    """It is settled; `words` say how, if anybody wants to. Raises `NotFound`, `Conflict` for one that is closed."""
    case = _require_open(uow, case_id)
    if words := _checked(words, needed=False):
        _write(uow, case, words, actor)
    case.closed_at, case.closed_by = uow.now, actor
    case.version += 1
    uow.session.flush()
    uow.record(Happened.SUPPORT_CLOSED, case.id, actor)
    uow.touch(SUPPORT_CASES, case.id)


def _write(uow: UnitOfWork, case: SupportCase, words: str, actor: str) -> None:
    uow.session.add(SupportEntry(id=uow.new_id("ent"), case_id=case.id, at=uow.now, actor=actor, words=words))
    uow.session.flush()
    uow.touch(SUPPORT_CASES, case.id)


def _checked(words: str, *, needed: bool) -> str:
    words = "\n".join(tidy(line) for line in words.strip().splitlines())
    if needed and not words:
        text = Text(de="Bitte kurz schreiben, worum es geht.", en="Please write briefly what it is about.")
        raise not_understood("words-missing", text)
    if len(words) > LONGEST or any(has_hidden(line) for line in words.splitlines()):
        text = Text(de=f"Höchstens {LONGEST} sichtbare Zeichen.", en=f"At most {LONGEST} characters that can be seen.")
        raise not_understood("words-too-long", text)
    return words


def _require_open(uow: UnitOfWork, case_id: str) -> SupportCase:
    case = support_cases.get(uow.session, case_id)
    if case is None:
        raise no_such("support_case", case_id)
    if case.closed_at is not None:
        text = Text(de="Das ist schon erledigt.", en="This is settled already.")
        raise not_possible("already-closed", text, case_id)
    return case


def _known_already(device_id: str) -> Conflict:
    return Conflict(
        "known-already",
        Text(
            de="Zu diesem Gerät sind schon mehrere Meldungen da.", en="Several people have told of this device already."
        ),
        Text(
            de="Das Team kümmert sich; bei Eile bitte anrufen.",
            en="Staff take care of it; please call if it is urgent.",
        ),
        device_id,
    )
