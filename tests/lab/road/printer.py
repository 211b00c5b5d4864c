"""A real OctoPrint as its owners use it: learners leave things behind, and everything is read back from its own API."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser
from zeroconf import ServiceBrowser, ServiceStateChange, Zeroconf

from tests.peers.octoprint.rig import PASSWORD, USER, OctoPrintPeer

GCODE = b"G28\nM104 S70\n" + b"".join(b"G1 X%d Y%d F3000\nG4 P200\n" % (n % 90, n % 80) for n in range(400))


class Printer:
    """What people and tests do with one OctoPrint."""

    def __init__(self, peer: OctoPrintPeer) -> None:
        self.peer = peer

    def get(self, path: str, **params: str) -> Any:
        """What its API answers."""
        return self.peer.admin.get(path, params=params).raise_for_status().json()

    def upload(self, path: str, content: bytes = GCODE) -> None:
        folder, _, name = path.rpartition("/")
        answer = self.peer.admin.post("/api/files/local", files={"file": (name, content)}, data={"path": folder})
        answer.raise_for_status()

    def order(self, path: str, **body: Any) -> None:
        self.peer.admin.post(path, json=body).raise_for_status()

    def files(self) -> set[str]:
        """Every path it has, folders and memory card included."""

        def walk(entries: list[Any]) -> set[str]:
            return {f"{e['origin']}:{e['path']}" for e in entries} | {
                p for e in entries for p in walk(e.get("children", []))
            }

        return walk(self.get("/api/files", recursive="true", force="true")["files"])

    def films(self) -> list[Any]:
        """Movies, and frames of unfinished ones."""
        found = self.get("/api/timelapse", unrendered="true", force="true")
        return [*found["files"], *found["unrendered"]]

    def everything(self) -> dict[str, Any]:
        """All that a reset may change, by its own account."""
        printer = self.get("/api/printer")
        return {
            "flags": printer["state"]["flags"],
            "targets": {name: heater["target"] for name, heater in printer["temperature"].items()},
            "file": self.get("/api/job")["job"]["file"]["path"],
            "files": self.files(),
            "films": self.films(),
            "profiles": self.get("/api/printerprofiles")["profiles"],
        }

    def temperatures(self) -> tuple[float, float]:
        """Nozzle and bed."""
        heaters = self.get("/api/printer")["temperature"]
        return heaters.get("tool0", {}).get("actual", 0), heaters["bed"]["actual"]

    def leave_traces(self) -> None:
        """A group was here: files, a film, a changed profile, and a print that is still running and hot."""
        self.upload("learners/klasse 3/Änne's würfel.gcode")
        self.upload("ben.gcode")
        self.upload("workshop/name.gcode", GCODE.replace(b"F3000", b"F9000"))
        self._film()
        (self.peer.base / "virtualSd" / "anna_am_abend.gcode").write_bytes(GCODE)
        self.order("/api/printer/sd", command="refresh")
        wait(lambda: bool(self.get("/api/files/sdcard", force="true")["files"]), "the memory card is not read")
        changed = {"profile": {"volume": {"depth": 123.0}}}
        self.peer.admin.patch("/api/printerprofiles/_default", json=changed).raise_for_status()
        self.order("/api/printer/bed", command="target", target=60)
        self.order("/api/files/local/ben.gcode", command="select", print=True)
        wait(lambda: self.temperatures()[0] > 60 and self.temperatures()[1] > 45, "it never got hot")
        assert self.get("/api/printer")["state"]["flags"]["printing"]

    def _film(self) -> None:
        movies, frames = self.peer.base / "timelapse", self.peer.base / "timelapse/tmp"
        frames.mkdir(parents=True, exist_ok=True)
        (movies / "anna_20261123.mp4").write_bytes(b"\0" * 100)
        for number in range(3):
            (frames / f"ben_20261123-{number}.jpg").write_bytes(b"\0" * 10)

    def allow(self, browser: Browser) -> None:
        """Somebody signs in to OctoPrint's own page and clicks “Allow” in the notice it shows."""
        context = browser.new_context(locale="en-US")
        try:
            page = context.new_page()
            page.goto(self.peer.url)
            page.fill("#login-user", USER)
            page.fill("#login-password", PASSWORD)
            page.click("#login-button")
            page.locator(".ui-pnotify button", has_text="Allow").click(timeout=60_000)
        finally:
            context.close()


def wait(holds: Callable[[], bool], what: str, seconds: float = 100) -> None:
    """Ask again every tenth of a second."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


class Ear:
    """Hears announcements on one address, with the moment of the first."""

    def __init__(self) -> None:
        self.heard: dict[str, float] = {}

    def note(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        self.heard.setdefault(name, time.monotonic())


@contextmanager
def listening(address: str, kind: str) -> Iterator[Ear]:
    """An ear for the time of a block; in a thread of its own, for it would take this one's loop for its own."""
    ear = Ear()
    with ThreadPoolExecutor(1) as aside:
        zeroconf = aside.submit(Zeroconf, interfaces=[address]).result()
        browser = aside.submit(ServiceBrowser, zeroconf, kind, handlers=[ear.note]).result()
        try:
            yield ear
        finally:
            aside.submit(browser.cancel).result()
            aside.submit(zeroconf.close).result()
