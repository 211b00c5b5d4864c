"""Reads and finds devices, their connections, identities and clashes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection as Transaction
from sqlalchemy import and_, bindparam, delete, exists, insert, inspect, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, SQLModel, col, or_, select

from medialab_hub.domain.identity import Claim
from medialab_hub.storage.busy import IS_GOING_ON
from medialab_hub.storage.chunks import IDS, fetch
from medialab_hub.storage.prepared import Prepared
from medialab_hub.storage.put import plain
from medialab_hub.storage.tables import Baseline, Connection, Device, DeviceIdentity, EnteredAccess, IdentityClash
from medialab_wire.reports import IdentityKind, Presence

_BY_ID = select(Device).where(col(Device.id).in_(IDS))
_CALLED = (Connection.agent_id == bindparam("agent"), Connection.dev == bindparam("dev"))
_COLUMNS = {table: tuple(inspect(table).column_attrs.keys()) for table in (Connection, Device)}
_WIDTH = len(_COLUMNS[Connection])
_AT_HAND = Prepared(
    sa_select(*(getattr(table, name) for table, names in _COLUMNS.items() for name in names), *IS_GOING_ON.values())
    .join(Device, col(Device.id) == col(Connection.device_id))
    .where(col(Connection.device_id) == select(Connection.device_id).where(*_CALLED).scalar_subquery())
)
_CONNECTIONS_OF = select(Connection).where(col(Connection.device_id).in_(IDS))
_CONNECTIONS_NAMED = select(Connection).where(col(Connection.id).in_(IDS))
_IDENTITIES_OF = select(DeviceIdentity).where(col(DeviceIdentity.device_id).in_(IDS))
_IDENTITIES_SAYING = select(DeviceIdentity).where(col(DeviceIdentity.value).in_(IDS))
_ADD_IDENTITIES = insert(DeviceIdentity)
_BASELINES = select(Baseline).where(col(Baseline.id).in_(IDS))
_CLASHES_OF = select(IdentityClash).where(
    or_(col(IdentityClash.device_id).in_(IDS), col(IdentityClash.other_id).in_(IDS))
)

GO_WITH_A_DEVICE = frozenset({"connection", "device_identity", "entered_access", "identity_clash"})
"""Tables whose rows `forget` deletes with their device. A row of any other table that points at a device keeps it."""
_KEEPING = [
    key.parent
    for table in SQLModel.metadata.tables.values()
    for key in table.foreign_keys
    if key.column.table.name == "device" and table.name not in GO_WITH_A_DEVICE
]


def get(session: Session, device_id: str) -> Device | None:
    """The device of that id."""
    return session.get(Device, device_id)


def all_ids(session: Session) -> Sequence[str]:
    """Every device that was not merged away."""
    return session.exec(select(Device.id).where(col(Device.merged_into).is_(None))).all()


def many(session: Session, ids: Iterable[str]) -> list[Device]:
    """The devices of these ids; unknown ones are left out."""
    return fetch(session, _BY_ID, ids)


def in_place(session: Session, location: str | None, station: str | None) -> Sequence[Device]:
    """Adopted devices of a location, of a station, or (both None) of the whole lab."""
    query = select(Device).where(col(Device.adopted_at).is_not(None), col(Device.retired_at).is_(None))
    if location is not None:
        query = query.where(Device.location_id == location)
    if station is not None:
        query = query.where(Device.station_id == station)
    return session.exec(query.order_by(Device.name, Device.id)).all()


@dataclass(frozen=True)
class AtHand:
    """A device with all its connections, as they are in this transaction; rows that were read are plain (see `put`)."""

    device: Device
    connections: list[Connection]
    going_on: Collection[str] = ()
    """See `busy`."""

    def connection(self, agent: str, dev: str) -> Connection:
        """The connection an agent calls `dev`. Raises StopIteration."""
        return next(c for c in self.connections if c.agent_id == agent and c.dev == dev)


class Standing(NamedTuple):
    """As much of a connection as decides whether it has to be turned; thousands are looked at together."""

    id: str
    dev: str
    presence: str
    is_turned: bool


def at_hand(transaction: Transaction, agent: str, dev: str) -> AtHand | None:
    """The device behind the connection an agent calls `dev`, in plain rows: the session has to be flushed."""
    found = _AT_HAND.rows(transaction, {"agent": agent, "dev": dev})
    if not found:
        return None
    end = _WIDTH + len(_COLUMNS[Device])
    device = plain(Device, dict(zip(_COLUMNS[Device], found[0][_WIDTH:end], strict=True)))
    ways = [plain(Connection, dict(zip(_COLUMNS[Connection], row[:_WIDTH], strict=True))) for row in found]
    going_on = [noun for noun, is_so in zip(IS_GOING_ON, found[0][end:], strict=True) if is_so]
    return AtHand(device, ways, going_on)


def new_connection(key: str, agent: str, dev: str, device: str) -> Connection:
    """A connection nothing is known of. Documents are given, for defaults cost most of the time."""
    return Connection(
        id=key,
        agent_id=agent,
        dev=dev,
        device_id=device,
        sources=[],
        candidates=[],
        facts={},
        volatile={},
        traces={},
    )


def connections_of(session: Session, devices: Iterable[str]) -> list[Connection]:
    """All connections of these devices."""
    return fetch(session, _CONNECTIONS_OF, devices)


def connections_named(session: Session, ids: Iterable[str]) -> list[Connection]:
    """The connections of these ids."""
    return fetch(session, _CONNECTIONS_NAMED, ids)


def connections_at(session: Session, agent: str) -> Sequence[Connection]:
    """All connections of one agent."""
    return session.exec(select(Connection).where(Connection.agent_id == agent)).all()


def standings_at(session: Session, agent: str) -> list[Standing]:
    """How all connections of one agent stand."""
    query = select(Connection.id, Connection.dev, Connection.presence, Connection.is_turned)
    return [Standing(*row) for row in session.exec(query.where(Connection.agent_id == agent))]


def owned_by(session: Session, agent: str) -> Sequence[str]:
    """What an agent calls the adopted devices that it may command."""
    query = (
        select(Connection.dev)
        .join(Device, and_(col(Device.id) == col(Connection.device_id), col(Device.owner_id) == col(Connection.id)))
        .where(Connection.agent_id == agent, col(Device.adopted_at).is_not(None), col(Device.retired_at).is_(None))
        .order_by(Connection.dev)
    )
    return session.exec(query).all()


def chosen_at(session: Session, agent: str, dev: str) -> Connection | None:
    """The connection an agent called `dev`, if it has no driver of its own and a person chose one for it."""
    query = select(Connection).where(
        Connection.agent_id == agent,
        Connection.dev == dev,
        col(Connection.driver).is_(None),
        col(Connection.chosen_driver).is_not(None),
    )
    return session.exec(query).first()


def choices_at(session: Session, agent: str) -> dict[str, str]:
    """The drivers people chose, by what the agent calls the device."""
    query = select(Connection.dev, Connection.chosen_driver).where(
        Connection.agent_id == agent, col(Connection.chosen_driver).is_not(None)
    )
    return {dev: driver for dev, driver in session.exec(query) if driver}


def identities_of(session: Session, devices: Iterable[str]) -> list[DeviceIdentity]:
    """Everything these devices are recognised by."""
    return fetch(session, _IDENTITIES_OF, devices)


def add_identities(session: Session, rows: Sequence[dict[str, str]]) -> None:
    """Store what a device is recognised by; its device and connection are stored already."""
    if rows:
        session.connection().execute(_ADD_IDENTITIES, list(rows))


def holders(session: Session, claims: Collection[Claim]) -> set[str]:
    """Devices that made at least one of these claims."""
    rows = fetch(session, _IDENTITIES_SAYING, sorted({claim.value for claim in claims}))
    return {row.device_id for row in rows if Claim(IdentityKind(row.kind), row.scope, row.value) in claims}


def clashes_of(session: Session, devices: Iterable[str]) -> list[IdentityClash]:
    """Clashes these devices take part in, open and closed."""
    return fetch(session, _CLASHES_OF, devices)


def open_clashes(session: Session) -> Sequence[IdentityClash]:
    """Questions nobody has answered yet."""
    return session.exec(select(IdentityClash).where(col(IdentityClash.closed_at).is_(None))).all()


def baseline(session: Session, baseline_id: str | None) -> Baseline | None:
    """A recorded good state."""
    return None if baseline_id is None else session.get(Baseline, baseline_id)


def baselines(session: Session, ids: Iterable[str]) -> list[Baseline]:
    """The recorded good states of these ids."""
    return fetch(session, _BASELINES, ids)


def has_asset_tag(session: Session, tag: str) -> bool:
    """True when some device carries that tag."""
    return session.exec(select(Device.id).where(Device.asset_tag == tag)).first() is not None


def never_wanted(session: Session, before: datetime, limit: int) -> Sequence[str]:
    """Devices nobody decided anything about, found before that moment and gone since before it."""
    way, here = col(Connection.device_id) == col(Device.id), col(Device.id)
    is_wanted = or_(
        exists().where(way, col(Connection.presence) != Presence.ABSENT.value),
        exists().where(way, or_(col(Connection.absent_since) >= before, col(Connection.chosen_driver).is_not(None))),
        exists().where(_clash_of(here), col(IdentityClash.closed_at).is_not(None)),
        *(exists().where(column == here) for column in _KEEPING),
    )
    query = select(Device.id).where(
        col(Device.adopted_at).is_(None),
        col(Device.retired_at).is_(None),
        col(Device.merged_into).is_(None),
        col(Device.found_at) < before,
        ~is_wanted,
    )
    return session.exec(query.order_by(Device.id).limit(limit)).all()


def _clash_of(device: Any) -> Any:
    return or_(col(IdentityClash.device_id) == device, col(IdentityClash.other_id) == device)


def forget(session: Session, ids: Sequence[str]) -> None:
    """Delete these devices, their connections, what they were recognised by, and questions nobody answered."""
    if ids:
        asked = or_(col(IdentityClash.device_id).in_(ids), col(IdentityClash.other_id).in_(ids))
        session.exec(delete(IdentityClash).where(asked))
        ways = select(Connection.id).where(col(Connection.device_id).in_(ids))
        claimed = col(DeviceIdentity.connection_id).in_(ways)  # also by what hangs there now, for an earlier device
        session.exec(update(DeviceIdentity).where(claimed).values(connection_id=None))
        session.exec(delete(DeviceIdentity).where(col(DeviceIdentity.device_id).in_(ids)))
        session.exec(delete(EnteredAccess).where(col(EnteredAccess.connection_id).in_(ways)))
        session.exec(delete(Connection).where(col(Connection.device_id).in_(ids)))
        session.exec(delete(Device).where(col(Device.id).in_(ids)))
