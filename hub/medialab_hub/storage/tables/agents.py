"""Agents and the manifests they announced."""

from typing import Any

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import big_number, document, moment


class Agent(SQLModel, table=True):
    """One agent; `config_version` grows with everything that changes its configuration."""

    __tablename__ = "agent"
    id: str = Field(primary_key=True)
    phase: str = "init"
    birth: int = big_number()
    boot: str = ""
    version: str = ""
    host: str = ""
    seal_key: str = ""
    """Public key to which people's passwords for its devices are sealed; empty: it offers none that can be used."""
    inventory_version: str | None = None
    buses: list[dict[str, Any]] = document(list)
    drivers: list[str] = document(list)
    config_version: int = big_number()
    disabled: bool = False
    last_seen: Moment | None = moment(optional=True)


class AnnouncedDriver(SQLModel, table=True):
    """A driver manifest as it was announced last."""

    __tablename__ = "announced_driver"
    id: str = Field(primary_key=True)
    version: str
    agent_id: str
    manifest: dict[str, Any] = document(dict)
    announced_at: Moment = moment()


class ManualAddress(SQLModel, table=True):
    """An address typed in by a person, for all agents."""

    __tablename__ = "manual_address"
    address: str = Field(primary_key=True)
    actor: str = ""
    added_at: Moment = moment()
