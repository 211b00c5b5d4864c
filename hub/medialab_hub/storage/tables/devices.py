"""Devices, their connections, identities, clashes and baselines."""

from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import big_number, document, moment, typed


class Device(SQLModel, table=True):
    """A thing of the lab, or something that was found and not adopted yet."""

    __tablename__ = "device"
    id: str = Field(primary_key=True)
    name: str
    kind: str = "unknown"
    driver: str | None = None
    model: str = ""
    chosen_class: str | None = None
    """Class of the catalogue that a person chose; without one it is derived from what the connections say."""
    asset_tag: str | None = Field(default=None, unique=True)
    location_id: str | None = Field(default=None, foreign_key="location.id", index=True)
    station_id: str | None = Field(default=None, foreign_key="station.id", index=True)
    kit_id: str | None = Field(default=None, foreign_key="kit.id", index=True)
    model_id: str | None = Field(default=None, foreign_key="model.id", index=True)
    """As one of what it is lent."""
    owner_id: str | None = None
    """The connection that may command it."""
    found_at: Moment = moment()
    adopted_at: Moment | None = moment(optional=True)
    retired_at: Moment | None = moment(optional=True)
    retire_reason: str = typed("id", "retired_by", noun="device")
    retired_by: str = ""
    """Who wrote the reason."""
    proven_at: Moment | None = moment(optional=True)
    proven_job: str | None = None
    proven_outcome: str | None = None
    """Outcome of the last reset that touched it; `proven_at` is set while that is `clean`."""
    proven_accepted: bool = False
    used_at: Moment | None = moment(optional=True)
    """When traces were first seen after the last reset that touched it; only another reset ends that."""
    merged_into: str | None = None
    """Set on the empty shell that a merge leaves behind."""
    baseline_id: str | None = None
    kept_traces: dict[str, int] = document(dict)
    """Counts the good state already had when it was recorded, such as lesson files."""
    version: int = 0
    seq: int = 0


class Connection(SQLModel, table=True):
    """One way an agent reaches a device; `(birth, seq)` of the last report taken."""

    __tablename__ = "connection"
    __table_args__ = (UniqueConstraint("agent_id", "dev"),)
    id: str = Field(primary_key=True)
    agent_id: str = Field(index=True)
    dev: str
    device_id: str = Field(foreign_key="device.id", index=True)
    driver: str | None = None
    chosen_driver: str | None = None
    presence: str = "absent"
    access: str = "none"
    help: dict[str, Any] | None = document()
    name: str = ""
    kind: str = "unknown"
    sources: list[str] = document(list)
    said_hash: str = ""
    """Of what it last said about who it is; unchanged, nobody has to be recognised again."""
    candidates: list[str] = document(list)
    facts: dict[str, Any] = document(dict)
    volatile: dict[str, Any] = document(dict)
    traces: dict[str, int] = document(dict)
    birth: int = big_number()
    seq: int = big_number()
    is_turned: bool = False
    """The hub set the presence, because nobody speaks for it any more; the same report again undoes that."""
    last_seen: Moment | None = moment(optional=True)
    absent_since: Moment | None = moment(optional=True)


class DeviceIdentity(SQLModel, table=True):
    """Something a device is recognised by; `value` is folded for comparing, `shown` is for people.

    `connection_id` says who claimed it."""

    __tablename__ = "device_identity"
    __table_args__ = (Index("ix_device_identity_lookup", "kind", "scope", "value"),)
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    connection_id: str | None = Field(default=None, foreign_key="connection.id", index=True)
    kind: str
    value: str
    shown: str = ""
    scope: str = ""


class IdentityClash(SQLModel, table=True):
    """Two devices that may be one; open until a person decides."""

    __tablename__ = "identity_clash"
    __table_args__ = (UniqueConstraint("device_id", "other_id"),)
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    other_id: str = Field(foreign_key="device.id", index=True)
    reason: str = ""
    opened_at: Moment = moment()
    closed_at: Moment | None = moment(optional=True)


class Baseline(SQLModel, table=True):
    """A recorded good state. Kept for ever, so that an old proof can be read against it."""

    __tablename__ = "baseline"
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    driver: str
    snapshot: dict[str, Any] = document(dict)
    traces: dict[str, int] = document(dict)
    """What of people's things lay on the device and belongs to it since: counts by kind."""
    recorded_at: Moment = moment()
    job_id: str | None = None
