"""The words of the paper agent's driver: manifest, buses, devices, and names nobody should trust."""

from dataclasses import dataclass, field
from pathlib import Path

import medialab_agent.drivers
from medialab_agent.sdk.manifest import load_manifest
from medialab_wire.capabilities import (
    ActionSpec,
    CheckSpec,
    DriverManifest,
    FactSpec,
    Quality,
    ResetLevel,
)
from medialab_wire.progress import StepView, Trouble
from medialab_wire.sightings import BusFact, BusStatus
from medialab_wire.texts import Text


def text(de: str, en: str) -> Text:
    return Text(de=de, en=en)


FILES = CheckSpec(id="files", title=text("Keine Dateien übrig", "No files left"))
ACCOUNTS = CheckSpec(id="accounts", title=text("Keine Konten angemeldet", "No accounts"))
TIDY = ResetLevel(
    id="tidy",
    title=text("Aufräumen", "Tidy up"),
    erases=(text("Fotos und Dateien der Nutzenden", "Photos and files of users"),),
    keeps=(text("Apps und WLAN-Zugang", "Apps and Wi-Fi access"),),
    typical_s=20,
    checks=(FILES, ACCOUNTS),
)
MANIFEST = DriverManifest(
    id="paper",
    name=text("Papiertablet", "Paper tablet"),
    version="1.0",
    quality=Quality.PROVEN,
    device_kinds=("tablet",),
    levels=(TIDY,),
    default_level="tidy",
    actions=(ActionSpec(id="find-me", title=text("Bemerkbar machen", "Make itself known")),),
    facts=(FactSpec(key="photos", title=text("Fotos", "Photos"), trace=True),),
)
DRIVERS = (MANIFEST, load_manifest(Path(medialab_agent.drivers.__file__).with_name("checklist") / "manifest.toml"))
BUSES = (
    BusFact(source="usb", status=BusStatus.LISTENING, title=text("USB-Anschlüsse", "USB ports"), seen=3),
    BusFact(
        source="ble",
        status=BusStatus.ABSENT,
        title=text("Bluetooth", "Bluetooth"),
        reason=text("Dieser Rechner hat kein Bluetooth.", "This computer has no Bluetooth."),
        remedy=text("Stecken Sie einen Bluetooth-Stick ein.", "Plug in a Bluetooth stick."),
    ),
)
LOOK = StepView(id="look", title=text("Nachsehen", "Look"))
ERASE = StepView(id="erase", title=text("Löschen", "Erase"))
SIGN = StepView(
    id="sign",
    title=text("Am Gerät bestätigen", "Confirm at the device"),
    ask=text("Tippen Sie am Tablet auf „Zulassen“.", "Tap “Allow” on the tablet."),
)
OLDER = Trouble(code="older-firmware", text=text("Diese Firmware ist älter.", "This firmware is older."))
PROVE = StepView(id="prove", title=text("Prüfen", "Prove"))
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><b>fett</b>",
    "<script>document.title='owned'</script>",
    "\u202egnp.exe\u202c böse",
    "null\x07\x1b[31mrot\nzweite Zeile",
    "Z" + "\u0351\u036b\u0343\u036a" * 60 + "algo",
    "مرحبا بالعالم 7",
    "A" * 512,
    "{n} {name} ${alert(1)} %s",
)


@dataclass
class PaperDevice:
    """One device of the paper agent; `manner` is how its resets go: clean, hands, unverified, failing,
    or older (refused without a reason)."""

    dev: str
    name: str
    manner: str = "clean"
    known: bool = True
    driver: str = MANIFEST.id
    traces: dict[str, int] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=lambda: {"model": "X 11"})
    seq: int = 1
