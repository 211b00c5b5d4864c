"""The real programs, started as an operator starts them: everything they say goes to a file, nothing stays behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psutil

PASSWORD = "correct horse battery"
ADMIN = "Ada"
START_S = 40.0
STOP_S = 15.0


class House:
    """`medialab-hub …` with all it starts, in a data folder of its own, on any free port."""

    def __init__(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.data = folder / "data"
        self.log = folder / "hub.log"
        kept = {k: v for k, v in (env or os.environ).items() if not k.startswith("MEDIALAB_")}
        told = {k: v for k, v in (env or {}).items() if k.startswith("MEDIALAB_")}
        own = {"MEDIALAB_DATA_DIR": str(self.data), "MEDIALAB_HTTP_PORT": "0", "MEDIALAB_BACKUP_EVERY_H": "0"}
        command = [sys.executable, "-m", "medialab_hub.cli.main", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env={**kept, **own, **told}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self._known: dict[int, psutil.Process] = {}

    @property
    def url(self) -> str:
        """Its address, once it says so."""
        return self._said(r"MediaLab Hub \S+: (http\S+)")

    @property
    def first_link(self) -> str:
        """The link that makes the first administrator."""
        return self._said(r"(http\S+/setup\?token=\S+)")

    def words(self) -> str:
        """Everything said so far."""
        return self.log.read_text(errors="replace")

    @contextmanager
    def set_up(self) -> Iterator[httpx.Client]:
        """The first run over HTTP; the client is signed in and sends its CSRF token."""
        token = parse_qs(urlsplit(self.first_link).query)["token"][0]
        body = {"token": token, "name": ADMIN, "password": PASSWORD, "centre": "Medienzentrum Musterstadt"}
        with httpx.Client(base_url=self.url, timeout=20, trust_env=False) as client:
            client.headers["X-CSRF-Token"] = client.post("/api/v1/setup", json=body).raise_for_status().json()["csrf"]
            yield client

    def family(self) -> list[psutil.Process]:
        """Every process it started that runs now, and itself; those seen before are remembered."""
        try:
            top = psutil.Process(self.process.pid)
            for one in (top, *top.children(recursive=True)):
                self._known.setdefault(one.pid, one)
        except psutil.NoSuchProcess:
            pass
        return [one for one in self._known.values() if _runs(one)]

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Ctrl-C (in a terminal it reaches the whole foreground group); returns the seconds until all are gone."""
        self.family()
        begun = time.monotonic()
        os.killpg(self.process.pid, number)
        code = self.process.wait(STOP_S)
        assert code == 0, f"it ended with {code}:\n{self.words()[-3000:]}"
        left = psutil.wait_procs(self.family(), timeout=STOP_S)[1]
        assert not [one for one in left if _runs(one)], f"left behind: {[one.cmdline() for one in left if _runs(one)]}"
        return time.monotonic() - begun

    def end(self) -> None:
        """Leave nothing running, whatever happened."""
        for one in reversed(self.family()):
            one.kill()
        self.process.wait(STOP_S)

    def _said(self, pattern: str) -> str:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.words()):
                return found[1]
            assert self.process.poll() is None, f"the hub ended:\n{self.words()[-3000:]}"
            time.sleep(0.05)
        raise AssertionError(f"never said {pattern}:\n{self.words()[-3000:]}")


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def running(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[House]:
    """A house for the time of a block; afterwards Ctrl-C must have ended all of it."""
    house = House(folder, *arguments, env=env)
    try:
        yield house
        if house.process.poll() is None:
            house.stop()
    finally:
        house.end()
