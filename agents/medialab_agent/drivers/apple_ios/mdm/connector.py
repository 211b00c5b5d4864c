"""What a device management must offer, and how the settings choose one. Nothing is contacted unless all are set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_IMODE
from typing import Protocol
from urllib.parse import urlsplit

from medialab_agent.drivers.apple_ios.mdm.jamf_school import JamfSchool
from medialab_agent.drivers.apple_ios.mdm.state import ManagedState
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that may be spoken to without TLS."""


class Connector(Protocol):
    """One device management. Raises `DeviceTrouble`."""

    async def erase(self, udid: str) -> None:
        """Order the erase of one device. Returns when the management has taken the order, not when it is done."""

    async def state(self, udid: str) -> ManagedState:
        """What the management knows of the device now."""


Make = Callable[[str, str, str], Connector]
_KINDS: Mapping[str, tuple[str, Make]] = {"jamf-school": ("Jamf School", JamfSchool)}
"""Setting `mdm_kind` → its name, and how it is made of address, user and password."""


@dataclass(frozen=True)
class MdmSettings:
    """`mdm_kind`, `mdm_url`, `mdm_credentials` (a file of mode 0600: user on the first line, key on the second)."""

    kind: str
    url: str
    credentials: Path = field(repr=False)

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> "MdmSettings | None":
        """None unless somebody switched it on. Reads no file."""
        kind = settings.get("mdm_kind", "").strip()
        if not kind:
            return None
        credentials = Path(settings.get("mdm_credentials", ""))
        return cls(kind, settings.get("mdm_url", "").strip().rstrip("/"), credentials)

    @property
    def title(self) -> str:
        """What it is called."""
        return _KINDS[self.kind][0] if self.kind in _KINDS else self.kind

    @property
    def host(self) -> str:
        """The one host that is contacted."""
        return urlsplit(self.url).hostname or ""

    def problem(self) -> Text | None:
        """Why it cannot be used; None: it can."""
        if self.kind not in _KINDS:
            known = ", ".join(sorted(_KINDS))
            return Text(de=f"mdm_kind: unbekannt; möglich: {known}", en=f"mdm_kind: unknown; possible: {known}")
        scheme = urlsplit(self.url).scheme
        if not self.host or not (scheme == "https" or (scheme == "http" and self.host in LOOPBACK)):
            return Text(
                de="mdm_url: eine Adresse mit https:// fehlt", en="mdm_url: an address with https:// is missing"
            )
        return self._file_problem()

    def connector(self) -> Connector:
        """The connector; reads the file, contacts nobody. Raises `Refused`."""
        if (problem := self.problem()) is not None:
            raise misconfigured(problem)
        lines = [line.strip() for line in self.credentials.read_text(encoding="utf-8").splitlines() if line.strip()]
        if len(lines) != 2:
            raise misconfigured(
                Text(de="mdm_credentials: zwei Zeilen werden gebraucht", en="mdm_credentials: two lines are needed")
            )
        return _KINDS[self.kind][1](self.url, *lines)

    def _file_problem(self) -> Text | None:
        try:
            mode = S_IMODE(self.credentials.stat().st_mode)
        except OSError:
            return Text(de="mdm_credentials: die Datei fehlt", en="mdm_credentials: the file is missing")
        if mode & 0o077 or not self.credentials.is_file():
            return Text(
                de="mdm_credentials: nur der Besitzer darf die Datei lesen (chmod 600)",
                en="mdm_credentials: only its owner may read the file (chmod 600)",
            )
        return None


def misconfigured(problem: Text) -> Refused:
    """The settings do not make a connector."""
    return Refused(
        "mdm-settings",
        Text(de="Die Geräteverwaltung ist falsch eingestellt.", en="The device management is set up wrongly."),
        problem,
    )


def switched_off() -> Refused:
    """Nobody has switched a connector on."""
    return Refused(
        "mdm-off",
        Text(
            de="Mit der Geräteverwaltung der Schule ist noch nichts verbunden.",
            en="Nothing is connected to the school's device management yet.",
        ),
        Text(
            de="Dort von Hand löschen, oder die Verbindung einrichten (Anleitung: Treiber „iPads“).",
            en="Erase it there by hand, or set the connection up (guide: driver “iPads”).",
        ),
    )
