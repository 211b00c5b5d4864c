"""Writes the generated parts of the documentation, or says with `--check` which of them are stale."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from medialab_agent.sdk.manifest import load_manifest
from medialab_hub.api.app import openapi_text
from medialab_hub.catalogue.loader import shipped
from medialab_hub.catalogue.model import DeviceClass
from medialab_hub.settings import reference
from medialab_wire.capabilities import DriverManifest, Quality
from medialab_wire.schema import documents

ROOT = Path(__file__).parents[1]
HEADINGS = {
    "de": ("Geräte", "Wird gefunden über", "Stufen des Zurücksetzens", "Reife"),
    "en": ("Devices", "Found by", "Reset levels", "Quality"),
}
SOURCES = {
    "usb": ("USB", "USB"),
    "ble": ("Bluetooth", "Bluetooth"),
    "mdns": ("Netzwerk-Ansage (mDNS)", "network announcement (mDNS)"),
    "usbmux": ("USB (usbmuxd)", "USB (usbmuxd)"),
    "bambu": ("Netzwerk-Ansage (UDP 2021)", "network announcement (UDP 2021)"),
    "tello": ("WLAN der Drohne", "the drone's Wi-Fi"),
    "adb": ("adb", "adb"),
    "manual": ("eingetippte Adresse", "typed address"),
}
QUALITY = {
    Quality.SEEN: ("erkannt", "seen"),
    Quality.MANAGED: ("verwaltet", "managed"),
    Quality.PROVEN: ("nachgewiesen", "proven"),
    Quality.TRUSTED: ("bewährt", "trusted"),
}


def _row(manifest: DriverManifest, language: str) -> str:
    pick = 0 if language == "de" else 1
    sources = dict.fromkeys(m.source for m in manifest.matchers)
    found = ", ".join(SOURCES.get(source, (source, source))[pick] for source in sources)
    levels = ", ".join(getattr(level.title, language) for level in manifest.levels) or "–"
    name = (
        f"[{getattr(manifest.name, language)}](agents/medialab_agent/drivers/{manifest.id.replace('-', '_')}/README.md)"
    )
    return f"| {name} | {found} | {levels} | {QUALITY[manifest.quality][pick]} |"


def _manifests() -> list[Path]:
    return sorted(ROOT.glob("agents/medialab_agent/drivers/[!_]*/manifest.toml"))


def device_table(language: str) -> str:
    """One row for each driver in the house."""
    manifests = [load_manifest(path) for path in _manifests()]
    head = [f"| {' | '.join(HEADINGS[language])} |", "|---|---|---|---|"]
    return "\n".join(head + [_row(manifest, language) for manifest in manifests])


CLASS_HEADINGS = {
    "de": ("Gerätetyp", "Hersteller", "Treiber", "Reife"),
    "en": ("Device type", "Maker", "Driver", "Quality"),
}
CLASS_PAGE = {
    "de": (
        "Gerätetypen",
        "Was der Katalog kennt, mit dem Treiber, der es bedient, und dessen Reife. „–“: noch kein Treiber; ein Mensch "
        "führt das Gerät von Hand. Was die Wörter der letzten Spalte heißen, steht in",
    ),
    "en": (
        "Device types",
        "What the catalogue knows, with the driver that serves it and that driver's quality. “–”: no driver yet; the "
        "device is looked after by hand. What the words of the last column mean is told in",
    ),
}


def _class_row(one: DeviceClass, manifests: dict[str, DriverManifest], language: str) -> str:
    pick = 0 if language == "de" else 1
    there = [manifests[driver] for driver in one.drivers if driver in manifests]
    names = ", ".join(getattr(manifest.name, language) for manifest in there) or "–"
    best = ", ".join(dict.fromkeys(QUALITY[manifest.quality][pick] for manifest in there)) or "–"
    return f"| {getattr(one.name, language)} | {one.vendor} | {names} | {best} |"


def class_page() -> str:
    """All classes of the catalogue, German first."""
    manifests = {manifest.id: manifest for manifest in map(load_manifest, _manifests())}
    classes = sorted(shipped().classes.values(), key=lambda one: (one.vendor == "–", one.vendor.casefold()))
    parts = ["<!-- Generated: docs/generate.py -->"]
    for language, (title, words) in CLASS_PAGE.items():
        head = [f"| {' | '.join(CLASS_HEADINGS[language])} |", "|---|---|---|---|"]
        rows = [_class_row(one, manifests, language) for one in classes]
        parts += [f"# {title}", f"{words} [docs/drivers.md](../drivers.md).", "\n".join(head + rows)]
    return "\n\n".join(parts) + "\n"


def between_markers(page: str, name: str, body: str) -> str:
    """The page with `body` between its two markers. Raises ValueError when they are not there."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if start not in page or end not in page:
        raise ValueError(f"no markers {start} … {end}")
    return re.sub(f"{start}.*?{end}", lambda _: f"{start}\n{body}\n{end}", page, flags=re.S)


def wanted() -> Iterator[tuple[Path, str]]:
    """Each file with a generated part, and what it should say."""
    for name, content in documents().items():
        yield ROOT / "docs/generated" / name, content
    yield ROOT / "docs/generated/settings.md", reference()
    yield ROOT / "docs/generated/openapi.json", openapi_text()
    yield ROOT / "docs/generated/devices.md", class_page()
    for language, name in (("en", "README.md"), ("de", "README.de.md")):
        page = (ROOT / name).read_text(encoding="utf-8")
        yield ROOT / name, between_markers(page, "devices", device_table(language))


def main() -> int:
    """Write what differs, or with `--check` only name it and end with 1."""
    stale = [(path, text) for path, text in wanted() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path, text in stale:
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{'stale' if '--check' in sys.argv else 'written'}: {path.relative_to(ROOT)}\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
