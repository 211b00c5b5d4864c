"""Running hubs on one database, each a program of its own with its own port."""

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.chaos.processes import BIN, Program
from tests.fixtures.brokers import free_port
from tests.fixtures.hubs import PASSWORD, until

NAME = "Ada"
START_S = 240
"""A machine under load takes its time."""


class RunningHub:
    """`medialab-hub serve`."""

    def __init__(self, folder: Path, database_url: str) -> None:
        folder.mkdir()
        port = free_port()
        env = {
            "MEDIALAB_HTTP_PORT": str(port),
            "MEDIALAB_DATA_DIR": str(folder / "data"),
            "MEDIALAB_DATABASE_URL": database_url,
            "MEDIALAB_MDNS": "false",
            "MEDIALAB_BACKUP_EVERY_H": "0",
            "PYTHONUNBUFFERED": "1",
        }
        self.url = f"http://127.0.0.1:{port}"
        self._program = Program(f"hub on {port}", [str(BIN / "medialab-hub"), "serve"], folder / "log", env)
        self._program.start()

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + START_S
        while not self._is_up():
            self._program.check()
            assert time.monotonic() < deadline, self._program.last_words()
            time.sleep(0.05)

    def first_token(self) -> str:
        """What the first admin is made with."""
        found = until(lambda: re.search(r"/setup\?token=(\S+)", self._program.last_words()), START_S)
        return str(found[1])

    def stop(self) -> None:
        """End it; it must have lived until now."""
        self._program.check()
        self._program.stop()

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).is_success
        except httpx.TransportError:
            return False


@contextlib.contextmanager
def running_hubs(folder: Path, database_url: str, count: int) -> Iterator[list[str]]:
    """So many hubs on one database, and somebody who may sign in; their addresses."""
    hubs = [RunningHub(folder / "hub-0", database_url)]
    try:
        hubs[0].wait()
        person = {"token": hubs[0].first_token(), "name": NAME, "password": PASSWORD, "centre": "Medienzentrum"}
        httpx.post(f"{hubs[0].url}/api/v1/setup", json=person, timeout=20).raise_for_status()
        for number in range(1, count):  # one after the other: together they would only be in each other's way
            hubs.append(RunningHub(folder / f"hub-{number}", database_url))
            hubs[-1].wait()
        yield [hub.url for hub in hubs]
    finally:
        for hub in hubs:
            hub.stop()


def sign_in(url: str) -> tuple[str, str]:
    """Cookie and CSRF token of a new session at this hub."""
    answer = httpx.post(f"{url}/api/v1/session", json={"name": NAME, "password": PASSWORD}, timeout=60)
    answer.raise_for_status()
    return answer.headers["Set-Cookie"].partition(";")[0], str(answer.json()["csrf"])
