"""The words for the state of the USB bus."""

from medialab_wire.sightings import BusFact, BusStatus
from medialab_wire.texts import Text

TITLE = Text(de="USB", en="USB")

NO_BUS = Text(
    de="Dieser Computer hat keine USB-Anschlüsse, oder das Programm darf sie nicht sehen.",
    en="This computer has no USB ports, or this program is not allowed to see them.",
)
NO_BUS_REMEDY = Text(
    de="Läuft das Programm in einem Container oder einer virtuellen Maschine, geben Sie die USB-Anschlüsse dorthin "
    "frei.",
    en="If this program runs in a container or a virtual machine, hand the USB ports through to it.",
)
NO_LIBUDEV = Text(
    de="Die Systembibliothek libudev fehlt; ohne sie werden USB-Geräte nicht erkannt.",
    en="The system library libudev is missing; without it USB devices are not noticed.",
)
NO_LIBUDEV_REMEDY = Text(
    de="Auf dem Computer eingeben: sudo apt-get install -y libudev1",
    en="Type on the computer: sudo apt-get install -y libudev1",
)
WITHOUT_UDEV = Text(
    de="Der Gerätedienst udev läuft hier nicht. Geräte werden trotzdem erkannt; das Programm hört direkt auf den "
    "Systemkern.",
    en="The device service udev does not run here. Devices are noticed all the same; this program listens to the "
    "kernel directly.",
)
FAILED_REMEDY = Text(
    de="Es wird von selbst erneut versucht. Bleibt es dabei, starten Sie den Computer neu.",
    en="It is tried again by itself. If it stays like this, restart the computer.",
)
DENIED_REMEDY = Text(
    de="Das Programm braucht die Erlaubnis für Netlink-Verbindungen (AF_NETLINK) in seiner Dienst-Datei.",
    en="The program needs permission for netlink sockets (AF_NETLINK) in its service file.",
)


def fact(status: BusStatus, with_udev: bool, detail: str, seen: int) -> BusFact:
    """The stated fact. `detail` is the system's own message, if there was one."""
    reason, remedy = _words(status, with_udev, detail)
    return BusFact(source="usb", status=status, title=TITLE, reason=reason, remedy=remedy, seen=seen)


def _words(status: BusStatus, with_udev: bool, detail: str) -> tuple[Text | None, Text | None]:
    if status is BusStatus.LISTENING:
        return (None if with_udev else WITHOUT_UDEV), None
    if status is BusStatus.STARTING:
        return None, None
    if status is BusStatus.ABSENT:
        return (NO_LIBUDEV, NO_LIBUDEV_REMEDY) if detail else (NO_BUS, NO_BUS_REMEDY)
    reason = Text(
        de=f"USB-Geräte können gerade nicht erkannt werden ({detail}).",
        en=f"USB devices cannot be noticed at present ({detail}).",
    )
    return reason, DENIED_REMEDY if status is BusStatus.DENIED else FAILED_REMEDY
