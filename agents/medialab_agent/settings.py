"""What the agent is told by its environment; read once at the start."""

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from stat import S_IMODE

PREFIX = "MEDIALAB_"
DRIVER_PREFIX = "MEDIALAB_DRIVER_"
CREDENTIALS = "mqtt-credentials"
"""File in the data folder: user name on the first line, password on the second; only its owner may read it."""
ALL_SOURCES = frozenset({"usb", "ble", "mdns", "manual"})


class BadSetting(Exception):
    """A setting that cannot be used; the message names it and says what is expected."""


@dataclass(frozen=True)
class Settings:
    """Everything the agent can be told. Durations are seconds."""

    agent_id: str
    """`MEDIALAB_AGENT_ID`; from the host name when unset. Lower case letters, digits, hyphens."""
    mqtt_url: str = "mqtt://127.0.0.1:1883"
    """`MEDIALAB_MQTT_URL`: `mqtt://host:port` or `mqtts://host:port`."""
    mqtt_user: str | None = None
    """`MEDIALAB_MQTT_USER`, or the first line of the credentials file; the agent's id when only a password is given."""
    mqtt_password: str | None = field(default=None, repr=False)
    """`MEDIALAB_MQTT_PASSWORD`, or the second line of the credentials file."""
    mqtt_ca: Path | None = None
    """`MEDIALAB_MQTT_CA`: the lab's own certificate authority, for `mqtts://`."""
    mqtt_cert: Path | None = None
    """`MEDIALAB_MQTT_CERT`: this agent's certificate, where the broker asks for one."""
    mqtt_key: Path | None = None
    """`MEDIALAB_MQTT_KEY`: the key of that certificate."""
    data_dir: Path = Path("/var/lib/medialab-agent")
    """`MEDIALAB_DATA_DIR`: journal and secrets; made with mode 0700."""
    max_parallel: int = 64
    """`MEDIALAB_MAX_PARALLEL`: how many jobs run at the same time."""
    sources: frozenset[str] = ALL_SOURCES
    """`MEDIALAB_SOURCES`: which of usb, ble, mdns and manual to listen to; comma-separated."""
    log_level: str = "info"
    """`MEDIALAB_LOG_LEVEL`: debug, info or warning."""
    practice: tuple[float, float, float] = (10.0, 900.0, 60.0)
    """`MEDIALAB_PRACTICE_PACE`: three numbers of seconds, comma-separated; see `practice_lab.learners.Pace`."""
    drivers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """`MEDIALAB_DRIVER_<ID>_<KEY>`, by the part after `MEDIALAB_DRIVER_`."""

    def driver(self, driver_id: str) -> dict[str, str]:
        """The settings of one driver, keys in lower case."""
        start = driver_id.upper().replace("-", "_") + "_"
        return {name[len(start) :].lower(): value for name, value in self.drivers.items() if name.startswith(start)}

    def with_driver(self, driver_id: str, values: Mapping[str, str]) -> "Settings":
        """The same with further settings of one driver."""
        start = driver_id.upper().replace("-", "_") + "_"
        more = {start + key.upper(): value for key, value in values.items()}
        return replace(self, drivers={**self.drivers, **more})


def from_env(env: Mapping[str, str] | None = None, host: str | None = None) -> Settings:
    """Read the environment (default: the process's own) and the credentials file. Raises `BadSetting`."""
    env = os.environ if env is None else env
    host = socket.gethostname() if host is None else host
    told = {name.removeprefix(PREFIX): value for name, value in env.items() if name.startswith(PREFIX) and value}
    agent_id = told.get("AGENT_ID") or id_from(host)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", agent_id):
        raise BadSetting(f"MEDIALAB_AGENT_ID {agent_id!r}: lower case letters, digits and hyphens, at most 63.")
    data_dir = Path(told.get("DATA_DIR") or Settings.data_dir)
    user, password = _credentials(told, data_dir / CREDENTIALS)
    return Settings(
        agent_id=agent_id,
        mqtt_url=_url(told.get("MQTT_URL") or Settings.mqtt_url),
        mqtt_user=user or (agent_id if password else None),
        mqtt_password=password,
        mqtt_ca=_path(told, "MQTT_CA"),
        mqtt_cert=_path(told, "MQTT_CERT"),
        mqtt_key=_path(told, "MQTT_KEY"),
        data_dir=data_dir,
        max_parallel=_number(told, "MAX_PARALLEL", Settings.max_parallel),
        sources=_sources(told.get("SOURCES")),
        log_level=_choice(told, "LOG_LEVEL", ("info", "debug", "warning")),
        practice=_pace(told.get("PRACTICE_PACE")),
        drivers={n.removeprefix(DRIVER_PREFIX): v for n, v in env.items() if n.startswith(DRIVER_PREFIX)},
    )


def id_from(host: str) -> str:
    """An agent id from a host name: `Pi 3.lab.example` becomes `pi-3`."""
    short = re.sub(r"[^a-z0-9]+", "-", host.split(".")[0].lower()).strip("-")
    return short[:63].rstrip("-") or "agent"


def _credentials(told: Mapping[str, str], file: Path) -> tuple[str | None, str | None]:
    lines: list[str] = []
    if file.is_file():
        if S_IMODE(file.stat().st_mode) & 0o077:
            raise BadSetting(f"{file}: only its owner may read it (chmod 600).")
        lines = file.read_text(encoding="utf-8").splitlines()
    stored = [*(line.strip() or None for line in lines), None, None]
    return told.get("MQTT_USER") or stored[0], told.get("MQTT_PASSWORD") or stored[1]


def _url(text: str) -> str:
    if not re.fullmatch(r"mqtts?://[^\s/]+", text):
        raise BadSetting(f"MEDIALAB_MQTT_URL {text!r}: mqtt://host:port or mqtts://host:port.")
    return text


def _path(told: Mapping[str, str], name: str) -> Path | None:
    return Path(told[name]) if name in told else None


def _number(told: Mapping[str, str], name: str, default: int) -> int:
    text = told.get(name, str(default))
    if not text.isdecimal() or not int(text):
        raise BadSetting(f"{PREFIX}{name} {text!r}: a whole number above 0.")
    return int(text)


def _choice(told: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    text = told.get(name, allowed[0]).lower()
    if text not in allowed:
        raise BadSetting(f"{PREFIX}{name} {text!r}: one of {', '.join(allowed)}.")
    return text


def _sources(text: str | None) -> frozenset[str]:
    if text is None:
        return ALL_SOURCES
    wanted = frozenset(part.strip().lower() for part in text.split(",")) - {"", "none"}
    if unknown := wanted - ALL_SOURCES:
        raise BadSetting(f"MEDIALAB_SOURCES: unknown {', '.join(sorted(unknown))}; usb, ble, mdns, manual or none.")
    return wanted


def _pace(text: str | None) -> tuple[float, float, float]:
    if text is None:
        return Settings.practice
    found = re.fullmatch(r"(\d{1,5}(?:\.\d+)?),(\d{1,5}(?:\.\d+)?),(\d{1,5}(?:\.\d+)?)", text.replace(" ", ""))
    if found is None:
        raise BadSetting(f"MEDIALAB_PRACTICE_PACE {text!r}: three numbers of seconds such as 10,900,60.")
    first, again, consent = found.groups()
    return float(first), float(again), float(consent)
