"""The words for the state of device discovery on the network."""

from medialab_wire.sightings import BusFact, BusStatus
from medialab_wire.texts import Text

TITLE = Text(de="Netzwerk", en="Network")

NO_NETWORK = Text(
    de="Dieser Computer ist mit keinem Netzwerk verbunden.", en="This computer is not connected to any network."
)
NO_NETWORK_REMEDY = Text(
    de="Netzwerkkabel einstecken oder WLAN einschalten; die Suche beginnt dann von selbst.",
    en="Plug in the network cable or switch on Wi-Fi; the search then starts by itself.",
)
ONLY_HERE = Text(
    de="Dieser Computer ist mit keinem Netzwerk verbunden; gefunden wird nur, was auf ihm selbst läuft.",
    en="This computer is not connected to any network; only what runs on it is found.",
)
NO_ZEROCONF = Text(
    de="Das Python-Paket zeroconf fehlt; ohne es werden Geräte im Netzwerk nicht gefunden.",
    en="The Python package zeroconf is missing; without it devices on the network are not found.",
)
NO_ZEROCONF_REMEDY = Text(
    de='Auf dem Computer eingeben: pip install "medialab-hub[agent]"',
    en='Type on the computer: pip install "medialab-hub[agent]"',
)
FAILED_REMEDY = Text(
    de="Es wird von selbst erneut versucht. Bleibt es dabei, prüfen Sie die Firewall: UDP-Port 5353 muss offen sein.",
    en="It is tried again by itself. If it stays like this, check the firewall: UDP port 5353 must be open.",
)


def fact(status: BusStatus, only_here: bool, detail: str, seen: int) -> BusFact:
    """The stated fact. `detail` is the system's own message, if there was one."""
    reason, remedy = _words(status, only_here, detail)
    return BusFact(source="mdns", status=status, title=TITLE, reason=reason, remedy=remedy, seen=seen)


def _words(status: BusStatus, only_here: bool, detail: str) -> tuple[Text | None, Text | None]:
    if status is BusStatus.LISTENING:
        return (ONLY_HERE, NO_NETWORK_REMEDY) if only_here else (None, None)
    if status is BusStatus.STARTING:
        return None, None
    if status is BusStatus.ABSENT:
        return (NO_ZEROCONF, NO_ZEROCONF_REMEDY) if detail else (NO_NETWORK, NO_NETWORK_REMEDY)
    reason = Text(
        de=f"Im Netzwerk kann gerade nicht gesucht werden ({detail}).",
        en=f"The network cannot be searched at present ({detail}).",
    )
    return reason, FAILED_REMEDY
