"""One printer of each make: how it is started, what a group leaves on it, and what it says of itself."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from medialab_agent.drivers.bambu.simulator import CODE
from tests.drivers.prusalink.peers import RealPeer
from tests.drivers.prusalink.scenarios import soil
from tests.lab.printers.bambu_printer import STAFF_FILE, BambuPrinter, own_address
from tests.lab.printers.moonraker_printer import Printer as KlipperPrinter
from tests.lab.road.printer import Printer as OctoPrinter
from tests.lab.road.printer import wait
from tests.peers.moonraker.rig import MoonrakerPeer
from tests.peers.octoprint.rig import OctoPrintPeer
from tests.peers.prusalink.rig import PASSWORD, PrusaLinkPeer

T = TypeVar("T")


class Make(ABC):
    """One printer. All it tells comes from the printer's own interface."""

    driver: ClassVar[str]
    settings: ClassVar[dict[str, str]] = {}
    """What staff enters at the agent."""

    @property
    @abstractmethod
    def address(self) -> str:
        """What staff types into the hub."""

    @abstractmethod
    def launch(self) -> None:
        """Switch it on; returns at once."""

    @abstractmethod
    def wait_ready(self) -> None:
        """Until it answers and rests."""

    @abstractmethod
    def stop(self) -> None:
        """Switch it off."""

    @abstractmethod
    def put_staff_files(self) -> None:
        """Two files that belong to it, where it takes files."""

    def allow(self) -> bool:
        """Somebody at the printer lets us in; False while it does not ask."""
        return True

    @abstractmethod
    def leave_traces(self) -> None:
        """A group was here; returns when it is hot and prints."""

    @abstractmethod
    def is_printing(self) -> bool:
        """Whether it prints now."""

    @abstractmethod
    def temperatures(self) -> tuple[float, float]:
        """Nozzle and bed in °C."""

    @abstractmethod
    def left(self) -> dict[str, Any]:
        """Everything a group may leave, without what moves by itself."""

    @abstractmethod
    def clean(self) -> dict[str, Any]:
        """What `left` is to be after a reset, written down here by hand."""


class OctoPrintMake(Make):
    """OctoPrint 1.11 with its virtual printer."""

    driver = "octoprint"

    def __init__(self, folder: Path) -> None:
        self._peer = OctoPrintPeer(folder / "octoprint", hostname="octopi-four")
        self._printer = OctoPrinter(self._peer)

    @property
    def address(self) -> str:
        return f"octoprint://{self._peer.host}:{self._peer.port}"

    def launch(self) -> None:
        self._peer.prepare()
        self._peer.launch()

    def wait_ready(self) -> None:
        self._peer.wait_ready()

    def stop(self) -> None:
        self._peer.stop()

    def put_staff_files(self) -> None:
        self._printer.upload("workshop/name.gcode")
        self._printer.upload("workshop/stays.gcode")
        self._depth = self._profile_depth()

    def _profile_depth(self) -> Any:
        return self._printer.get("/api/printerprofiles")["profiles"]["_default"]["volume"]["depth"]

    def allow(self) -> bool:
        pending = self._printer.get("/api/plugin/appkeys")["pending"]
        tokens = [token for token, request in pending.items() if request["app_id"] == "MediaLab Hub"]
        for token in tokens:
            self._printer.order(f"/plugin/appkeys/decision/{token}", decision=True)
        return bool(tokens)

    def leave_traces(self) -> None:
        self._printer.leave_traces()

    def is_printing(self) -> bool:
        return bool(self._printer.get("/api/printer")["state"]["flags"]["printing"])

    def temperatures(self) -> tuple[float, float]:
        return self._printer.temperatures()

    def left(self) -> dict[str, Any]:
        now = self._printer.everything()
        flags = {name for name, is_set in now["flags"].items() if is_set}
        return {
            "state": flags - {"sdReady"},
            "targets": set(now["targets"].values()),
            "file": now["file"],
            "files": now["files"],
            "films": now["films"],
            "depth": self._profile_depth(),
        }

    def clean(self) -> dict[str, Any]:
        return {
            "state": {"operational", "ready"},
            "targets": {0},
            "file": None,
            "files": {"local:workshop", "local:workshop/stays.gcode"},
            "films": [],
            "depth": self._depth,
        }


class MoonrakerMake(Make):
    """Moonraker with Kalico behind it."""

    driver = "moonraker"

    def __init__(self, folder: Path) -> None:
        self._peer = MoonrakerPeer(folder / "moonraker", hostname="klipper-four")
        self._printer = KlipperPrinter(self._peer)

    @property
    def address(self) -> str:
        return f"moonraker://{self._peer.host}:{self._peer.port}"

    def launch(self) -> None:
        self._peer.prepare()
        self._peer.launch()

    def wait_ready(self) -> None:
        self._peer.wait_ready()

    def stop(self) -> None:
        self._peer.stop()

    def put_staff_files(self) -> None:
        self._printer.upload("workshop/name.gcode")
        self._printer.upload("workshop/stays.gcode")

    def leave_traces(self) -> None:
        self._printer.leave_traces()

    def is_printing(self) -> bool:
        return bool(self._printer.machine()["print_stats"]["state"] == "printing")

    def temperatures(self) -> tuple[float, float]:
        now = self._printer.machine()
        return now["extruder"]["temperature"], now["heater_bed"]["temperature"]

    def left(self) -> dict[str, Any]:
        return self._printer.left()

    def clean(self) -> dict[str, Any]:
        return {
            "files": {"workshop", "workshop/stays.gcode"},
            "listed": {"workshop/stays.gcode"},
            "job": ("standby", "", None),
            "targets": (0, 0),
            "factors": (1, 1, 0),
            "history": [],
            "queue": [],
        }


class PrusaLinkMake(Make):
    """PrusaLink 0.8.1 with an MK3S on a pseudo terminal."""

    driver = "prusalink"
    settings: ClassVar[dict[str, str]] = {"MEDIALAB_DRIVER_PRUSALINK_PASSWORD": PASSWORD}

    def __init__(self, _folder: Path) -> None:
        self._peer = PrusaLinkPeer()

    def _as_people(self, work: Callable[[RealPeer], Awaitable[T]]) -> T:
        async def once() -> T:
            people = RealPeer(self._peer)
            try:
                return await work(people)
            finally:
                await people.close()

        return asyncio.run(once())

    @property
    def address(self) -> str:
        return f"prusalink://{self._peer.host}:{self._peer.port}"

    def launch(self) -> None:
        self._peer.launch()

    def wait_ready(self) -> None:
        self._peer.wait_ready()

    def stop(self) -> None:
        self._peer.stop()

    def put_staff_files(self) -> None:
        async def work(people: RealPeer) -> None:
            await people.upload("workshop/name.gcode")
            await people.upload("workshop/stays.gcode")

        self._as_people(work)
        listed = {"workshop/name.gcode", "workshop/stays.gcode"}
        wait(lambda: listed <= self._as_people(lambda people: people.paths()), "the files never appeared")

    def leave_traces(self) -> None:
        self._as_people(soil)

    def _printer(self) -> dict[str, Any]:
        found: dict[str, Any] = self._peer.admin.get("/api/v1/status").raise_for_status().json()["printer"]
        return found

    def is_printing(self) -> bool:
        return bool(self._printer()["state"] == "PRINTING")

    def temperatures(self) -> tuple[float, float]:
        now = self._printer()
        return now["temp_nozzle"], now["temp_bed"]

    def left(self) -> dict[str, Any]:
        now = self._printer()
        return {
            "state": now["state"],
            "targets": (now["target_nozzle"], now["target_bed"]),
            "factors": (now["speed"], now["flow"]),
            "files": self._as_people(lambda people: people.paths()),
            "job": self._peer.admin.get("/api/v1/job").status_code,
        }

    def clean(self) -> dict[str, Any]:
        return {
            "state": "IDLE",
            "targets": (0, 0),
            "factors": (100, 100),
            "files": {"workshop", "workshop/stays.gcode"},
            "job": 204,
        }


class BambuMake(Make):
    """The simulated Bambu printer; an independent client reads it."""

    driver = "bambu"
    settings: ClassVar[dict[str, str]] = {"MEDIALAB_DRIVER_BAMBU_CODE": CODE}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._place = own_address()
        self._printer: BambuPrinter | None = None

    @property
    def printer(self) -> BambuPrinter:
        assert self._printer is not None
        return self._printer

    @property
    def address(self) -> str:
        return f"bambu://{self._place}"

    def launch(self) -> None:
        self._printer = BambuPrinter(self._folder, self._place)

    def wait_ready(self) -> None:
        self.printer.wait_ready()

    def stop(self) -> None:
        if self._printer is not None:
            self._printer.stop()

    def put_staff_files(self) -> None:
        assert STAFF_FILE in self.printer.read()["files"]

    def leave_traces(self) -> None:
        self.printer.ask("soil")
        wait(lambda: self.temperatures()[0] > 100 and self.temperatures()[1] > 50, "it never got hot")

    def is_printing(self) -> bool:
        return bool(self.printer.read()["state"]["gcode_state"] == "RUNNING")

    def temperatures(self) -> tuple[float, float]:
        now = self.printer.read()["state"]
        return now["nozzle_temper"], now["bed_temper"]

    def left(self) -> dict[str, Any]:
        now = self.printer.read()
        state = now["state"]
        return {
            "works": state["gcode_state"] in {"PREPARE", "RUNNING", "PAUSE"},
            "file": (state["gcode_file"], state["subtask_name"]),
            "targets": (state["nozzle_target_temper"], state["bed_target_temper"]),
            "speed": state["spd_lvl"],
            "files": set(now["files"]),
            "changes": self.printer.ask("effects")["effects"],
        }

    def clean(self) -> dict[str, Any]:
        folders = {"/cache", "/timelapse", "/timelapse/thumbnail", "/logger", "/image"}
        return {
            "works": False,
            "file": ("", ""),
            "targets": (0, 0),
            "speed": 2,
            "files": folders | {STAFF_FILE, "/logger/today.log"},
        }


MAKES: tuple[Callable[[Path], Make], ...] = (OctoPrintMake, MoonrakerMake, PrusaLinkMake, BambuMake)
