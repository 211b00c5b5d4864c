"""The words for the state of Bluetooth, and what each of its errors means."""

from dataclasses import dataclass

from medialab_wire.sightings import BusFact, BusStatus
from medialab_wire.texts import Text

TITLE = Text(de="Bluetooth", en="Bluetooth")


@dataclass(frozen=True)
class BleState:
    """Status with reason and remedy."""

    status: BusStatus
    reason: Text | None = None
    remedy: Text | None = None

    def fact(self, seen: int) -> BusFact:
        """As a bus fact."""
        return BusFact(source="ble", status=self.status, title=TITLE, reason=self.reason, remedy=self.remedy, seen=seen)


def _type(command: str) -> Text:
    return Text(de=f"Auf dem Computer eingeben: {command}", en=f"Type on the computer: {command}")


STARTING = BleState(BusStatus.STARTING)
LISTENING = BleState(BusStatus.LISTENING)
NO_ADAPTER = BleState(
    BusStatus.ABSENT,
    Text(de="Dieser Computer hat kein Bluetooth.", en="This computer has no Bluetooth."),
    Text(
        de="Einen Bluetooth-Stecker (USB) einstecken; er wird von selbst erkannt.",
        en="Plug in a Bluetooth USB adapter; it is noticed by itself.",
    ),
)
NO_LOW_ENERGY = BleState(
    BusStatus.ABSENT,
    Text(
        de="Das Bluetooth dieses Computers ist zu alt (es kann kein Bluetooth Low Energy).",
        en="The Bluetooth of this computer is too old (it has no Bluetooth Low Energy).",
    ),
    Text(
        de="Einen Bluetooth-Stecker ab Version 4.0 einstecken.",
        en="Plug in a Bluetooth adapter of version 4.0 or newer.",
    ),
)
POWERED_OFF = BleState(
    BusStatus.FAILED,
    Text(de="Bluetooth ist ausgeschaltet.", en="Bluetooth is switched off."),
    _type("sudo rfkill unblock bluetooth && bluetoothctl power on"),
)
DENIED = BleState(
    BusStatus.DENIED,
    Text(de="Dieses Programm darf Bluetooth nicht benutzen.", en="This program is not allowed to use Bluetooth."),
    _type('sudo usermod -aG bluetooth "$USER" && sudo reboot'),
)
NO_DBUS = BleState(
    BusStatus.ABSENT,
    Text(
        de="Der Systemdienst D-Bus läuft hier nicht; ohne ihn gibt es kein Bluetooth.",
        en="The system service D-Bus does not run here; without it there is no Bluetooth.",
    ),
    _type("sudo apt-get install -y dbus bluez && sudo systemctl enable --now dbus bluetooth"),
)
NO_BLUEZ = BleState(
    BusStatus.ABSENT,
    Text(
        de="Der Bluetooth-Dienst (bluetoothd) läuft hier nicht.",
        en="The Bluetooth service (bluetoothd) does not run here.",
    ),
    _type("sudo apt-get install -y bluez && sudo systemctl enable --now bluetooth"),
)
NO_BLEAK = BleState(
    BusStatus.ABSENT,
    Text(
        de="Das Python-Paket bleak fehlt; ohne es werden Bluetooth-Geräte nicht gefunden.",
        en="The Python package bleak is missing; without it Bluetooth devices are not found.",
    ),
    _type('pip install "medialab-hub[agent]"'),
)

_BY_REASON = {
    "NO_BLUETOOTH": NO_ADAPTER,
    "NO_BLE_CENTRAL_ROLE": NO_LOW_ENERGY,
    "POWERED_OFF": POWERED_OFF,
    "DENIED_BY_USER": DENIED,
    "DENIED_BY_SYSTEM": DENIED,
    "DENIED_BY_UNKNOWN": DENIED,
}
"""bleak.exc.BleakBluetoothNotAvailableReason"""

_BY_DBUS_ERROR = {
    "org.freedesktop.DBus.Error.ServiceUnknown": NO_BLUEZ,
    "org.freedesktop.DBus.Error.NameHasNoOwner": NO_BLUEZ,
    "org.freedesktop.DBus.Error.Spawn.ServiceNotFound": NO_BLUEZ,
    "org.freedesktop.DBus.Error.AccessDenied": DENIED,
    "org.bluez.Error.NotReady": POWERED_OFF,
    "org.bluez.Error.NotAuthorized": DENIED,
    "org.bluez.Error.NotPermitted": DENIED,
}
"""D-Bus specification, and BlueZ doc/org.bluez.Adapter.rst"""


def state_of(error: BaseException) -> BleState:
    """What an error of bleak, D-Bus or the system means to the people who use this computer."""
    reason = getattr(getattr(error, "reason", None), "name", "")
    named = _BY_REASON.get(reason) or _BY_DBUS_ERROR.get(str(getattr(error, "dbus_error", "")))
    if named:
        return named
    if isinstance(error, ImportError):
        return NO_BLEAK
    if isinstance(error, PermissionError):
        return DENIED
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return NO_DBUS
    return failed(f"{type(error).__name__}: {error}")


def failed(detail: str) -> BleState:
    """Something unforeseen; `detail` is the system's own message."""
    return BleState(
        BusStatus.FAILED,
        Text(
            de=f"Bluetooth-Geräte können gerade nicht gesucht werden ({detail[:200]}).",
            en=f"Bluetooth devices cannot be searched at present ({detail[:200]}).",
        ),
        _type("sudo systemctl restart bluetooth"),
    )
