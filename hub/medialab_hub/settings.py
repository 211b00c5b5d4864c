"""Every setting of the hub: read once from `MEDIALAB_*` variables, then passed on."""

import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

VERSION = version("medialab-hub")
"""Version of this program."""
PREFIX = "MEDIALAB_"
"""What the name of each variable starts with."""

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


class Settings(BaseModel):
    """The settings of one hub. Field `http_port` is the variable `MEDIALAB_HTTP_PORT`, and so on."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    http_host: str = "127.0.0.1"
    """Address the hub listens on. `127.0.0.1` is this machine only; `0.0.0.0` is every network it is in."""
    http_port: int = Field(default=8080, ge=0, le=65535)
    """Port the hub listens on; 0 takes any free one."""
    public_url: str = ""
    """Address people type, such as `https://hub.example.org`; printed on labels. Empty: made from host and port.
    With `https://` the session cookie becomes a `__Host-` cookie."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names, separated by commas, under which the hub answers. IP addresses, `localhost`, the name of this
    machine and the one in the public URL are always allowed."""
    data_dir: Path = Path(".data")
    """Folder for database, broker files and backups; relative to the folder the hub is started in."""
    database_url: str = ""
    """Where the database is: empty for SQLite in the data folder, else `postgresql+psycopg://…`."""
    mqtt_url: str = "auto"
    """`auto` starts a broker of its own for this machine; else the URL of one: `mqtt://user:password@host:1883`."""
    agent: str = Field(default="local", pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    """Name of the agent that runs on this machine; any but `hub`."""
    backup_every_h: float = Field(default=1, ge=0)
    """Hours between two backups of the database; 0 makes none but those before a migration."""
    backups_kept: int = Field(default=24, ge=1)
    """How many backups are kept."""
    photos_kept_days: int = Field(default=30, ge=1, le=3650)
    """Days after which photos of answers are erased. The record keeps that there was one, and its checksum."""
    loans_kept_days: int = Field(default=184, ge=1, le=3650)
    """Days after the return of a loan without an open damage until nobody knows whose it was (§ 606 BGB: six months).
    Statistics stay as they are."""
    people_kept_days: int = Field(default=365, ge=1, le=3650)
    """Days after which people are erased who were not seen since, and with whom nothing is open."""
    photos_mb: int = Field(default=200, ge=1)
    """Megabytes all photos together may take. They lie in the database, and so in each of its backups."""
    timezone: str = "Europe/Berlin"
    """Time zone of the lab: its opening hours, and the times on paper and in mails."""
    smtp_host: str = ""
    """Mail server for reminders and confirmations, such as `smtp.example.org`. Empty: no mails are sent."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    """Port of the mail server: mostly 587 with `starttls`, 465 with `tls`."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to the mail server is encrypted. `none` only for a server on this very machine."""
    smtp_user: str = ""
    """Name the hub signs in with at the mail server; empty: it does not sign in."""
    smtp_password_file: Path | None = None
    """File that holds the password and nothing else; readable by the hub only. It is read anew for each mail."""
    smtp_ca_file: Path | None = None
    """Certificates (PEM) by which the mail server is trusted; empty: those of this machine."""
    mail_from: str = ""
    """Address the mails come from and answers go to. Needed with a mail server."""
    mail_days_before: int = Field(default=2, ge=0, le=30)
    """Days before the day of return on which borrowers are reminded; 0: not before the day itself."""
    no_show_h: int = Field(default=24, ge=1, le=720)
    """Hours after its beginning at which a booking that nobody collected is given up; at its end at the latest."""
    waitlist_hold_h: int = Field(default=24, ge=1, le=168)
    """Hours for which something that became free is kept for who waited for it."""
    mdns: bool = True
    """Announce the hub in the local network, once it listens on more than this machine."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What goes to the log."""

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("smtp_password_file", "smtp_ca_file", mode="before")
    @classmethod
    def _is_a_file(cls, value: object) -> object:
        return value or None

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("there is no such time zone; one is Europe/Berlin") from error

    @field_validator("agent")
    @classmethod
    def _is_not_the_hub(cls, value: str) -> str:
        if value == "hub":
            raise ValueError("this is the name of the hub itself")
        return value

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if self.smtp_host and _ADDRESS.fullmatch(self.mail_from) is None:
            raise ValueError(f"{variable('mail_from')} has to be an e-mail address when there is a mail server")
        if self.smtp_host and self.smtp_user and self.smtp_security == "none" and not _is_here(self.smtp_host):
            raise ValueError("a password is not sent to another machine without encryption")
        return self

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Settings from variables; a wrong value raises `pydantic.ValidationError` naming it."""
        return cls.model_validate({name: env[key] for name in cls.model_fields if (key := variable(name)) in env})

    @property
    def is_https(self) -> bool:
        """True when people reach the hub by HTTPS."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def is_loopback(self) -> bool:
        """True when only this machine can reach the hub."""
        return _is_here(self.http_host)


def _is_here(host: str) -> bool:
    return host in {"127.0.0.1", "::1", "localhost"}


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def reference() -> str:
    """The settings as a Markdown page; docs/generated/settings.md is this text."""
    lines = ["# Settings", "", "Generated from `hub/medialab_hub/settings.py`; do not edit.", ""]
    lines += ["| Variable | Default | Meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = ", ".join(field.default) if isinstance(field.default, tuple) else str(field.default)
        meaning = " ".join((field.description or "").split())
        lines.append(f"| `{variable(name)}` | {f'`{default}`' if default else 'empty'} | {meaning} |")
    return "\n".join(lines) + "\n"
