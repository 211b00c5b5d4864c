"""Counts wishes that had to be refused, without saying whose they were: what to buy next follows from them."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from medialab_hub.domain.allocation import Interval
from medialab_hub.errors import Conflict
from medialab_hub.services import freedom
from medialab_hub.services.loan_facts import about, areas_of, institution_of
from medialab_hub.services.refusals import not_possible
from medialab_hub.services.wishes import LineWish
from medialab_hub.storage import kits
from medialab_hub.storage import unmet_demand as rows
from medialab_hub.storage.tables import Device, Model, UnmetDemand
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

T = TypeVar("T")
SAME_WISH = timedelta(days=1)
"""Asked again within this time, it is one wish."""
NOT_FREE = "not-free"
COUNTED = frozenset({NOT_FREE, "test-due", "too-long", "too-soon", "closed-at-start", "closed-at-end"})
"""Codes of refusals that are about the thing and the time, and not about who asks."""


class Writing(Protocol):
    """Runs a use case in a transaction of its own."""

    def run(self, use_case: Callable[[UnitOfWork], T], *, durable: bool = False) -> Awaitable[T]:
        """What it returns, after the commit. Raises what it raised; nothing of it was stored then."""


@dataclass(frozen=True)
class Refusal:
    """What somebody wanted and did not get; `reason` is the code of why. Neither words nor a name are kept."""

    lines: Sequence[LineWish]
    interval: Interval
    reason: str
    institution: str | None = None
    person: str | None = None
    """By whom their institution is found."""


class Asked(Protocol):
    """A wish that may be refused."""

    @property
    def lines(self) -> Sequence[LineWish]:
        """What is wanted."""

    @property
    def interval(self) -> Interval:
        """When."""

    @property
    def institution(self) -> str | None:
        """For whom."""

    @property
    def person(self) -> str | None:
        """Who asks."""


async def counted(writer: Writing, use_case: Callable[[UnitOfWork], T], wish: Asked) -> T:
    """Carry it out; when it is refused, count the wish in a transaction of its own, and refuse it."""
    try:
        return await writer.run(use_case, durable=True)
    except Conflict as error:
        if error.code in COUNTED:
            refusal = Refusal(wish.lines, wish.interval, error.code, wish.institution, wish.person)
            await writer.run(lambda uow: note(uow, refusal))
        raise


def refuse(uow: UnitOfWork, refusal: Refusal) -> None:
    """Somebody was told that it is not free, and asked for nothing else. Raises `Conflict` when it is, `NotFound`."""
    for model_id, quantity in _models(uow, refusal.lines).items():
        if freedom.of_one(uow.session, model_id, refusal.interval, 0, uow.now)["free"] >= quantity:
            text = Text(de="So viele sind in dieser Zeit frei.", en="That many are free at that time.")
            raise not_possible("is-free", text, model_id)
    note(uow, refusal)


def note(uow: UnitOfWork, refusal: Refusal) -> None:
    """Count the models of which the wish is; of one that was enough there, nothing."""
    if refusal.interval.end is None:
        return
    wanted = _models(uow, refusal.lines)
    for model_id, quantity in wanted.items():
        model = uow.session.get(Model, model_id)
        if model is None:
            continue
        free = freedom.of_one(uow.session, model_id, refusal.interval, 0, uow.now)["free"]
        if refusal.reason == NOT_FREE and free >= quantity and len(wanted) > 1:
            continue
        _keep(uow, refusal, model, quantity, free, refusal.interval.end)
    uow.session.flush()


def _keep(uow: UnitOfWork, refusal: Refusal, model: Model, quantity: int, free: int, end: datetime) -> None:
    place = institution_of(uow, refusal.institution, refusal.person)
    fresh = UnmetDemand(
        id=uow.new_id("unm"),
        model_id=model.id,
        quantity=quantity,
        free=free,
        starts_at=refusal.interval.start,
        ends_at=end,
        reason=refusal.reason,
        institution_id=None if place is None else place.id,
        areas=areas_of(model.class_id),
        asked_at=uow.now,
        **about(place),
    )
    known = rows.same(uow.session, fresh, uow.now - SAME_WISH)
    if known is None:
        uow.session.add(fresh)
        return
    if quantity > known.quantity:
        known.quantity, known.free = quantity, free
    if known.institution_id is None and place is not None:
        known.institution_id = place.id
        for name, value in about(place).items():
            setattr(known, name, value)


def _models(uow: UnitOfWork, lines: Sequence[LineWish]) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in lines:
        if line.model is not None:
            found[line.model] += line.quantity
        elif line.kit is not None:
            members = kits.devices_in(uow.session, line.kit)
            found.update(one.model_id for one in members if one.model_id and (not line.only or one.id in line.only))
        elif (device := uow.session.get(Device, line.device)) is not None and device.model_id:
            found[device.model_id] += 1
    return found
