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


WRONG_KEY = Text(
    de="Der Drucker nimmt den eingetragenen API-Schlüssel nicht an. Am Drucker nachsehen und hier unter „Zugang“ neu "
    "eintragen.",
    en="The printer does not accept the API key that was entered. Look it up at the printer and enter it again here "
    "under “Access”.",
)


MOVED = Text(
    de="Der Drucker ist jetzt unter einer anderen Adresse. Dorthin wird der eingetragene Schlüssel nicht geschickt. "
    "Ist es wirklich dieser Drucker, hier unter „Zugang“ den Schlüssel vergessen und neu eintragen.",
    en="The printer is at another address now. The API key that was entered is not sent there. If it really is this "
    "printer, forget the key here under “Access” and enter it again.",
)


def not_trusted(own_address: str, *, has_key: bool = False) -> NeedsPerson:
    """Moonraker wants a login from this machine, or another key."""
    address = own_address or "…"
    if has_key:
        refused = Text(de="Der Drucker lässt uns nicht hinein.", en="The printer does not let us in.")
        return NeedsPerson("not-trusted", refused, WRONG_KEY)
    return NeedsPerson(
        "not-trusted",
        Text(de="Der Drucker lässt diesen Rechner nicht zu.", en="The printer does not let this computer in."),
        Text(
            de=f"In Mainsail oder Fluidd die Datei moonraker.conf öffnen, im Abschnitt [authorization] unter "
            f"trusted_clients die Adresse {address} eintragen, speichern und neu starten. Geht das nicht, hier unter "
            f"„Zugang“ den API-Schlüssel eintragen.",
            en=f"Open the file moonraker.conf in Mainsail or Fluidd, add the address {address} under trusted_clients "
            f"in the section [authorization], save and restart. If that is not possible, enter the API key here "
            f"under “Access”.",
        ),
    )


def klipper_down(detail: str = "") -> Unreachable:
    """Moonraker answers, the printer behind it does not."""
    return Unreachable("klipper-down", KLIPPER_DOWN, KLIPPER_DOWN_HELP, detail)
