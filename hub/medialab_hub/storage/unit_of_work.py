"""One use case's view of the database: a session, one moment, fresh ids, the journal, and what it touched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlmodel import Session

from medialab_hub.domain.ids import make_id
from medialab_hub.storage import put
from medialab_hub.storage.devices import AtHand
from medialab_hub.storage.journal import Journal
from medialab_hub.storage.noun import Noun
from medialab_hub.storage.tables import Connection, Device


@dataclass
class Touched:
    """Ids of what changed; ordered and without repetition."""

    devices: dict[str, None] = field(default_factory=dict)
    things: dict[tuple[Noun, str], None] = field(default_factory=dict)
    """Everything else the outside hears of."""
    connections: dict[str, None] = field(default_factory=dict)
    work: dict[str, None] = field(default_factory=dict)
    reported: dict[str, None] = field(default_factory=dict)
    at_hand: dict[str, AtHand] = field(default_factory=dict)
    """Devices that were touched by somebody who had all of them at hand: nobody has to read them again."""
    erased: dict[str, None] = field(default_factory=dict)
    """Of whom nothing may stay in the files of the database either."""

    def of(self, noun: Noun) -> list[str]:
        """The ids of one noun."""
        return [key for kind, key in self.things if kind is noun]

    def add(self, other: "Touched") -> None:
        """Take over what another use case of the same transaction touched."""
        for device in other.devices:
            self.at_hand.pop(device, None)
        for name, touched in vars(other).items():
            getattr(self, name).update(touched)


@dataclass
class UnitOfWork:
    """Handed to a use case, which never commits. Everything recorded here leaves only after the commit."""

    transaction: Transaction
    """For plain statements; `session` speaks over the same, and its overhead is for those who use it."""
    session: Session
    journal: Journal
    now: datetime
    random_bits: Callable[[int], int]
    touched: Touched = field(default_factory=Touched)

    def new_id(self, prefix: str) -> str:
        """A fresh id such as `dev-4k2…`."""
        return make_id(prefix, self.random_bits(60))

    def put(self, row: Device | Connection, values: Mapping[str, Any]) -> None:
        """Store these columns at once; see `storage.put`."""
        put.put(self.transaction, self.session, row, values)

    def record(self, kind: str, subject: str, actor: str = "", **data: Any) -> int:
        """Append a past-tense event (`device.adopted`) to the journal; returns the fleet sequence it got."""
        return self.journal.append(self.now, kind, subject, actor, data)

    def touch_device(self, device: str) -> None:
        """This device's row changed."""
        self.touched.devices[device] = None
        self.touched.at_hand.pop(device, None)

    def touch(self, noun: Noun, key: str) -> None:
        """This thing appeared, changed or is gone; a commit fails that touched a noun which is not listed."""
        self.touched.things[noun, key] = None

    def leave_no_trace(self, key: str) -> None:
        """Something about this was erased: after the commit it shall be in no file of the database any more."""
        self.touched.erased[key] = None

    def touch_work(self, agent: str) -> None:
        """The work or the configuration this agent should have changed."""
        self.touched.work[agent] = None

    def touch_connection(self, connection: str) -> None:
        """The hub decided something about this connection: what was remembered of its last report no longer holds."""
        self.touched.connections[connection] = None

    def touch_reported(self, device: str, at_hand: AtHand | None) -> None:
        """The volatile values in this device's row are new, too; `at_hand` when the device was read whole."""
        self.touched.reported[device] = None
        self.touch_device(device)
        if at_hand is not None:
            self.touched.at_hand[device] = at_hand
