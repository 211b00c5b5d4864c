"""What a person can do about checks that failed, most helpful first, one step a line. Pure."""

from collections.abc import Callable, Collection

from medialab_agent.drivers.android_adb.evidence import Evidence
from medialab_agent.drivers.android_adb.reset import path_id
from medialab_wire.texts import Text

MOST = 3
"""Lines of one advice: more is not read."""
UNLOCK = Text(
    de="Am Gerät unter Einstellungen → Sicherheit die Sperre entfernen. Kennt niemand die PIN: im"
    " Wiederherstellungsmenü vollständig löschen (Anleitung des Herstellers).",
    en="At the device, remove the lock under Settings → Security. If nobody knows the PIN: erase it fully in the"
    " recovery menu (maker's guide).",
)
LOCKED = Text(
    de="Auf dem Gerät ist eine Sperre (PIN, Muster, Passwort).", en="The device has a lock (PIN, pattern, password)."
)
ASK = Text(
    de="Bitte die Technik fragen. Am Gerät:\n"
    "1. Einstellungen → Entwickleroptionen öffnen.\n"
    "2. Xiaomi: „USB-Debugging (Sicherheitseinstellungen)“ einschalten. OPPO, realme:"
    " „Berechtigungsüberwachung deaktivieren“ einschalten.\n"
    "3. Noch einmal zurücksetzen.",
    en="Please ask your technician. At the device:\n"
    "1. Open Settings → Developer options.\n"
    "2. Xiaomi: switch on “USB debugging (Security settings)”. OPPO, realme: switch on"
    " “Disable permission monitoring”.\n"
    "3. Reset it again.",
)
"""For a device that refuses `pm clear`: names of the switches as in MIUI and ColorOS."""
_SET_UP = Text(
    de="Es fehlt etwas aus dem guten Zustand: Gerät neu einrichten (Apps, Dateien, WLAN) und den guten Zustand neu"
    " festhalten.",
    en="Something of the good state is missing: set the device up again (apps, files, Wi-Fi) and record the good state"
    " again.",
)
_ERASE_BY_HAND = Text(
    de="Noch einmal löschen. Hilft das nicht: im Wiederherstellungsmenü vollständig löschen (Anleitung des"
    " Herstellers).",
    en="Erase again. If that does not help: erase it fully in the recovery menu (maker's guide).",
)


def advice(level: str, failed: Collection[str], see: Evidence | None) -> Text | None:
    """For the failed checks of a level; None when resetting again is the best there is to say."""
    if see is None:
        return None
    judged = set(failed) - ({"wifi"} if level == "full" else set())
    lines = [words for applies, words in _ADVICE if applies(judged, see)]
    if level == "full" and len(lines) < MOST:
        lines.append(_ERASE_BY_HAND)
    chosen = lines[:MOST]
    if not chosen:
        return None
    return Text(de="\n".join(line.de for line in chosen), en="\n".join(line.en for line in chosen))


def _is_missing(see: Evidence) -> bool:
    """Whether something of the good state is not there any more, which no reset brings back."""
    now, then = see.now, see.baseline
    return (
        (now.apps is not None and bool(set(then.get("apps") or ()) - set(now.apps)))
        or (now.files is not None and bool(set(then.get("files") or ()) - {path_id(path) for path in now.files}))
        or (now.wifi is not None and bool(set(then.get("wifi") or ()) - set(now.wifi.values())))
    )


def _on(check: str) -> Callable[[Collection[str], Evidence], bool]:
    return lambda failed, _: check in failed


_ADVICE: tuple[tuple[Callable[[Collection[str], Evidence], bool], Text], ...] = (
    (_on("lock"), Text(de=f"{LOCKED.de} {UNLOCK.de}", en=f"{LOCKED.en} {UNLOCK.en}")),
    (lambda failed, see: bool({"apps", "files", "wifi"} & set(failed)) and _is_missing(see), _SET_UP),
    (
        _on("accounts"),
        Text(
            de="Am Gerät unter Einstellungen → Konten das Konto entfernen.",
            en="At the device, remove the account under Settings → Accounts.",
        ),
    ),
    (
        _on("users"),
        Text(
            de="Am Gerät unter Einstellungen → System → Nutzer die zusätzlichen Nutzer entfernen.",
            en="At the device, remove the additional users under Settings → System → Users.",
        ),
    ),
    (
        lambda failed, see: "leftovers" in failed and _has_more(see, "volumes"),
        Text(de="Die Speicherkarte herausnehmen.", en="Take the memory card out."),
    ),
    (
        lambda failed, see: bool({"leftovers", "apps"} & set(failed)) and _has_more(see, "admins"),
        Text(
            de="Am Gerät unter Einstellungen → Sicherheit → Apps zur Geräteverwaltung die fremde App ausschalten,"
            " dann noch einmal zurücksetzen.",
            en="At the device, switch the foreign app off under Settings → Security → Device admin apps, then reset"
            " it again.",
        ),
    ),
    (
        _on("bluetooth"),
        Text(
            de="Am Gerät unter Einstellungen → Bluetooth die fremden Geräte entkoppeln.",
            en="At the device, unpair the foreign devices under Settings → Bluetooth.",
        ),
    ),
    (
        lambda failed, see: "leftovers" in failed and not (_has_more(see, "volumes") or _has_more(see, "admins")),
        Text(
            de="Am Gerät mit der App „Dateien“ an den genannten Stellen löschen, dann noch einmal zurücksetzen –"
            " oder vollständig löschen.",
            en="At the device, delete in the named places with the app “Files”, then reset it again – or erase it"
            " fully.",
        ),
    ),
)
"""When it applies, and the words; the first ones help most."""


def _has_more(see: Evidence, name: str) -> bool:
    found = see.now.volumes if name == "volumes" else see.now.admins
    return bool((found or frozenset()) - set(see.baseline.get(name) or ()))
