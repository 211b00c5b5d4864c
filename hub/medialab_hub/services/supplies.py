"""What is used up: entered, and each change of its stock noted."""

from dataclasses import dataclass

from medialab_hub.domain.events import Happened
from medialab_hub.domain.supplies import NotThatMany, SupplyKind, change_of
from medialab_hub.domain.typed_words import has_hidden, tidy
from medialab_hub.services.bookings import require_booking
from medialab_hub.services.refusals import no_such, not_possible, not_understood, version_conflict
from medialab_hub.services.supply_rows import SUPPLIES
from medialab_hub.storage import supplies
from medialab_hub.storage.tables import Supply, SupplyMove
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

LONGEST = 80
MOST = 1_000_000


@dataclass(frozen=True)
class Kept:
    """What is kept in stock, counted in `unit`; below `minimum` the hub says so."""

    name: str
    unit: str = ""
    minimum: int = 0


@dataclass(frozen=True)
class Move:
    """A change: so many came or went, or (`COUNTED`) so many are there. `client_key`: sent again, it stays one."""

    kind: SupplyKind
    quantity: int
    booking: str | None = None
    client_key: str | None = None


def add(uow: UnitOfWork, kept: Kept, actor: str) -> str:
    """A new supply, of which nothing is there yet; returns its id. Raises `Conflict` for a name that is taken."""
    kept = _checked(uow, kept, None)
    supply = Supply(id=uow.new_id("sup"), name=kept.name, unit=kept.unit, minimum=kept.minimum)
    uow.session.add(supply)
    uow.session.flush()
    uow.record(Happened.SUPPLY_ADDED, supply.id, actor)
    uow.touch(SUPPLIES, supply.id)
    return supply.id


def change(uow: UnitOfWork, supply_id: str, version: int, kept: Kept, actor: str) -> None:
    """Raises `Conflict` for a name that is taken or when somebody else changed it first, `NotFound`."""
    supply = _require(uow, supply_id)
    if supply.version != version:
        raise version_conflict()
    kept = _checked(uow, kept, supply)
    supply.name, supply.unit, supply.minimum = kept.name, kept.unit, kept.minimum
    supply.version += 1
    uow.session.flush()
    uow.record(Happened.SUPPLY_CHANGED, supply.id, actor)
    uow.touch(SUPPLIES, supply.id)


def move(uow: UnitOfWork, supply_id: str, wish: Move, actor: str) -> None:
    """Note that some came or went. Raises `Conflict` for more than there is, `NotFound`."""
    supply = _require(uow, supply_id)
    if wish.client_key and supplies.by_client_key(uow.session, supply_id, wish.client_key) is not None:
        return
    if wish.booking is not None:
        require_booking(uow, wish.booking)
    changed = _change(wish, supplies.there(uow.session, [supply_id])[supply_id], supply)
    uow.session.add(
        SupplyMove(
            id=uow.new_id("smv"),
            supply_id=supply_id,
            kind=wish.kind.value,
            change=changed,
            booking_id=wish.booking,
            client_key=wish.client_key,
            at=uow.now,
            actor=actor,
        )
    )
    uow.session.flush()
    uow.record(Happened.SUPPLY_MOVED, supply_id, actor, why=wish.kind.value, change=changed)
    uow.touch(SUPPLIES, supply_id)


def remove(uow: UnitOfWork, supply_id: str, actor: str) -> None:
    """It is kept no more; what was noted of it goes, too. Raises `NotFound`."""
    supply = _require(uow, supply_id)
    supplies.remove(uow.session, supply)
    uow.session.flush()
    uow.record(Happened.SUPPLY_REMOVED, supply_id, actor)
    uow.touch(SUPPLIES, supply_id)


def _change(wish: Move, there: int, supply: Supply) -> int:
    try:
        changed = change_of(wish.kind, wish.quantity, there)
    except NotThatMany as error:
        text = Text(
            de=f"So viel ist nicht mehr da: {error.there} {supply.unit}".rstrip() + ".",
            en=f"There is not that much left: {error.there} {supply.unit}".rstrip() + ".",
        )
        raise not_possible("not-that-many", text, supply.id) from error
    except ValueError as error:
        raise not_understood(
            "wrong-quantity", Text(de="Bitte eine Anzahl angeben.", en="Please give a number.")
        ) from error
    if there + changed > MOST:
        raise not_understood("wrong-quantity", Text(de="So viel kann das nicht sein.", en="That cannot be so many."))
    return changed


def _checked(uow: UnitOfWork, kept: Kept, own: Supply | None) -> Kept:
    name, unit = tidy(kept.name), tidy(kept.unit)
    if not name or any(len(one) > LONGEST or has_hidden(one) for one in (name, unit)):
        text = Text(
            de=f"Ein Name mit höchstens {LONGEST} Zeichen fehlt.",
            en=f"A name of at most {LONGEST} characters is missing.",
        )
        raise not_understood("wrong-name", text)
    if not 0 <= kept.minimum <= MOST:
        text = Text(de="Dieser Mindestbestand kann nicht stimmen.", en="That minimum stock cannot be right.")
        raise not_understood("wrong-minimum", text)
    other = supplies.named(uow.session, name)
    if other is not None and (own is None or other.id != own.id):
        text = Text(de="Das gibt es schon in der Liste.", en="That is on the list already.")
        raise not_possible("name-taken", text, name)
    return Kept(name, unit, kept.minimum)


def _require(uow: UnitOfWork, supply_id: str) -> Supply:
    supply = supplies.get(uow.session, supply_id)
    if supply is None:
        raise no_such("supply", supply_id)
    return supply
