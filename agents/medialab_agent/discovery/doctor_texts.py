"""The words of the doctor's findings."""

from collections.abc import Iterable

from medialab_wire.texts import Text

START_BLUETOOTH = "sudo apt-get install -y dbus bluez && sudo systemctl enable --now dbus bluetooth"

UDEV = {
    True: Text(de="Der Gerätedienst udev läuft.", en="The device service udev runs."),
    False: Text(
        de="Der Gerätedienst udev läuft nicht; Geräte werden erkannt, aber Zugriffsrechte nicht von selbst vergeben.",
        en="The device service udev does not run; devices are noticed, but access is not granted by itself.",
    ),
}


def works(title: Text) -> Text:
    """A bus that works."""
    return Text(de=f"{title.de}: bereit.", en=f"{title.en}: ready.")


def tool(name: str, ok: bool, drivers: Iterable[Text]) -> Text:
    """A program on the PATH."""
    return _needed(Text(de=f"Das Programm {name}", en=f"The program {name}"), ok, drivers)


def package(name: str, ok: bool, drivers: Iterable[Text]) -> Text:
    """A Debian package."""
    return _needed(Text(de=f"Das Paket {name}", en=f"The package {name}"), ok, drivers)


def group(name: str, ok: bool, drivers: Iterable[Text]) -> Text:
    """Membership in a group."""
    subject = Text(de=f"Die Mitgliedschaft in der Gruppe {name}", en=f"Membership in the group {name}")
    return _needed(subject, ok, drivers)


def rules(ok: bool, driver: Text) -> Text:
    """udev rules of one driver."""
    return _needed(Text(de="Die Zugriffsregel (udev)", en="The access rule (udev)"), ok, (driver,))


def _needed(subject: Text, ok: bool, drivers: Iterable[Text]) -> Text:
    names = tuple(drivers)
    de, en = ", ".join(name.de for name in names), ", ".join(name.en for name in names)
    return Text(
        de=f"{subject.de} ist {'vorhanden' if ok else 'nicht vorhanden'} (für {de}).",
        en=f"{subject.en} is {'there' if ok else 'missing'} (for {en}).",
    )
