"""The drivers there are: manifests read at once, code imported when first needed, broken folders stated."""

import importlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.manifest import BadManifest, load_manifest
from medialab_agent.sdk.source import Source
from medialab_wire.capabilities import DriverManifest
from medialab_wire.sightings import BusFact, BusStatus
from medialab_wire.texts import Text

log = logging.getLogger(__name__)

PACKAGE = "medialab_agent.drivers"


class BrokenDriver(Exception):
    """A driver's folder that cannot be used; the message says why."""


@dataclass(frozen=True)
class DriverFolder:
    """One usable manifest and where it is."""

    manifest: DriverManifest
    folder: Path

    @property
    def id(self) -> str:
        """The driver's id."""
        return self.manifest.id

    def module(self, name: str) -> ModuleType | None:
        """One module of the folder, imported now; None when the folder has none of that name. Raises `BrokenDriver`."""
        if not (self.folder / f"{name}.py").is_file():
            return None
        try:
            return importlib.import_module(f"{PACKAGE}.{self.folder.name}.{name}")
        except Exception as error:
            raise BrokenDriver(f"{self.folder.name}/{name}.py: {error!r}") from error

    def driver(self) -> type[Driver]:
        """The class `DRIVER` of driver.py. Raises `BrokenDriver`."""
        found = getattr(self.module("driver"), "DRIVER", None)
        if not (isinstance(found, type) and issubclass(found, Driver)):
            raise BrokenDriver(f"{self.folder.name}/driver.py: DRIVER is missing or no Driver")
        return found

    def source(self, settings: Mapping[str, str]) -> Source | None:
        """`SOURCE(settings)` of source.py, if the driver has a source of its own. Raises `BrokenDriver`."""
        module = self.module("source")
        if module is None:
            return None
        try:
            made = module.SOURCE(settings)
        except Exception as error:
            raise BrokenDriver(f"{self.folder.name}/source.py: {error!r}") from error
        if not isinstance(made, Source):
            raise BrokenDriver(f"{self.folder.name}/source.py: SOURCE makes no Source")
        return made


class Shelf:
    """All driver folders, or `only` one. What is broken is kept as a fact for people and never stops the others."""

    def __init__(self, roots: Sequence[Path] | None = None, only: str | None = None) -> None:
        self._folders: dict[str, DriverFolder] = {}
        self._broken: dict[str, str] = {}
        for folder in _folders(roots):
            self._load(folder)
        if only is not None:
            self._folders = {driver: folder for driver, folder in self._folders.items() if driver == only}

    def __iter__(self) -> Iterator[DriverFolder]:
        return iter(self._folders.values())

    def __contains__(self, driver: str) -> bool:
        return driver in self._folders

    def __getitem__(self, driver: str) -> DriverFolder:
        return self._folders[driver]

    @property
    def manifests(self) -> tuple[DriverManifest, ...]:
        """Manifests of all usable drivers, by id."""
        return tuple(self._folders[driver].manifest for driver in sorted(self._folders))

    def condemn(self, driver: str, reason: str) -> None:
        """Take a driver off the shelf whose code turned out to be broken."""
        self._broken[driver] = reason
        self._folders.pop(driver, None)
        log.error("Driver %s is left out: %s", driver, reason)

    def facts(self) -> tuple[BusFact, ...]:
        """One stated fact for each broken driver."""
        return tuple(_fact(name, reason) for name, reason in sorted(self._broken.items()))

    def _load(self, folder: Path) -> None:
        try:
            manifest = load_manifest(folder / "manifest.toml")
        except BadManifest as error:
            self.condemn(folder.name, str(error))
            return
        if manifest.id in self._folders:
            self.condemn(folder.name, f"its id {manifest.id} is taken by {self._folders[manifest.id].folder.name}")
            return
        self._folders[manifest.id] = DriverFolder(manifest, folder)


def _folders(roots: Sequence[Path] | None) -> Iterator[Path]:
    if roots is None:
        roots = [Path(path) for path in importlib.import_module(PACKAGE).__path__]
    for root in roots:
        for manifest in sorted(root.glob("*/manifest.toml")):
            if not manifest.parent.name.startswith("_"):
                yield manifest.parent


def _fact(name: str, reason: str) -> BusFact:
    return BusFact(
        source=f"driver-{name}"[:63],
        status=BusStatus.FAILED,
        title=Text(de=f"Treiber {name}", en=f"Driver {name}"),
        reason=Text(de=f"Er ist defekt: {reason}"[:400], en=f"It is broken: {reason}"[:400]),
        remedy=Text(de="Den Ordner des Treibers neu installieren.", en="Install the driver's folder again."),
    )
