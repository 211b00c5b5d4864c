"""Sentences several parts of this driver share."""

from medialab_agent.sdk.trouble import NeedsPerson, Unreachable
from medialab_wire.texts import Text

KLIPPER_DOWN = Text(
    de="Das Druckprogramm Klipper läuft nicht.",
    en="The printer's own program, Klipper, is not running.",
)
KLIPPER_DOWN_HELP = Text(
    de="Den Drucker aus- und nach zehn Sekunden wieder einschalten. Hilft das nicht, in Mainsail oder Fluidd „Klipper "
    "neu starten“ wählen.",
    en="Switch the printer off, and on again after ten seconds. If that does not help, choose “Restart Klipper” in "
    "Mainsail or Fluidd.",
)
TOO_MANY = Text(
    de="Der Drucker nimmt keine weitere Verbindung an: Zu viele Fenster oder Programme sind mit ihm verbunden. "
    "Bitte alte Fenster von Mainsail oder Fluidd schließen. Bis dahin wird er nur etwa jede Minute gefragt.",
    en="The printer accepts no further connection: too many windows or programs are connected to it. Please close "
    "old windows of Mainsail or Fluidd. Until then it is asked about every minute only.",
)


def not_trusted(own_address: str) -> NeedsPerson:
    """Moonraker wants a login from this machine."""
    address = own_address or "…"
    return NeedsPerson(
        "not-trusted",
        Text(de="Der Drucker lässt diesen Rechner nicht zu.", en="The printer does not let this computer in."),
        Text(
            de=f"In Mainsail oder Fluidd die Datei moonraker.conf öffnen, im Abschnitt [authorization] unter "
            f"trusted_clients die Adresse {address} eintragen, speichern und neu starten.",
            en=f"Open the file moonraker.conf in Mainsail or Fluidd, add the address {address} under trusted_clients "
            f"in the section [authorization], save and restart.",
        ),
    )


def klipper_down(detail: str = "") -> Unreachable:
    """Moonraker answers, the printer behind it does not."""
    return Unreachable("klipper-down", KLIPPER_DOWN, KLIPPER_DOWN_HELP, detail)
