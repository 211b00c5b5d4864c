"""The hub's HTTP API as the fault tests use it: with an admin's token, patient while the hub is away."""

import json
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.chaos.processes import BIN, Program

PATIENCE_S = 90.0
"""Seconds until a hub that does not answer counts as broken."""


def admin_token(hub: Program) -> str:
    """A new token, made by the command line at the running hub."""
    command = [str(BIN / "medialab-hub"), "admin", "token", "create", "--role", "admin", "--label", "chaos"]
    done = subprocess.run(
        command, env={**hub.env, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"no token: {done.stdout}{done.stderr}"
    return done.stdout.split()[-1]


class HubClient:
    """Asks again until the hub answers; a hub that refuses is an error at once."""

    def __init__(self, port: int, token: str = "") -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=self.base, headers=self.headers, timeout=20)

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON of an answer."""
        return self._patiently(lambda: self._http.get(path, params=query))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON of an answer. Only while nothing is killed: asking twice might do it twice."""
        answer = self._http.post(path, json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def is_up(self) -> bool:
        """True when the hub says it is well."""
        try:
            return self._http.get("/healthz", timeout=2).is_success
        except httpx.TransportError:
            return False

    def fleet(self) -> tuple[int, list[dict[str, Any]]]:
        """The fleet sequence and every device."""
        answer = self.get("/api/v1/fleet")
        return answer["seq"], [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]

    def jobs(self, **query: str | int) -> list[dict[str, Any]]:
        """Every job, page by page."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.get("/api/v1/jobs", limit=200, **query, **({"after": after} if after else {}))
            found += page["items"]
            if not (after := page["after"] or ""):
                return found

    def close(self) -> None:
        """Close connections."""
        self._http.close()

    def _patiently(self, ask: Callable[[], httpx.Response]) -> Any:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = ask()
            except httpx.TransportError as error:
                assert time.monotonic() < until, f"the hub does not answer: {error!r}"
                time.sleep(0.1)
                continue
            assert answer.is_success, f"{answer.url}: {answer.status_code} {answer.text}"
            return answer.json()


@dataclass(frozen=True)
class News:
    """One event of the stream about a job, and when it came (monotonic seconds)."""

    at: float
    data: str


class Follower:
    """Listens to the stream on a thread of its own and comes back whenever the hub does.

    `called_absent` are devices the hub ever said were not there."""

    def __init__(self, client: HubClient) -> None:
        self._url, self._headers = f"{client.base}/api/v1/stream", client.headers
        self.jobs: list[News] = []
        self.called_absent: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self._thread.start()

    def first_since(self, moment: float) -> float | None:
        """When the first event about a job came after that moment."""
        return next((news.at for news in self.jobs[-200:] if news.at > moment), None)

    def stop(self) -> None:
        """End; the thread leaves with the next line or break."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with httpx.stream("GET", self._url, headers=self._headers, timeout=None) as answer:
                    self._listen(answer)
            except httpx.HTTPError:
                time.sleep(0.02)

    def _listen(self, answer: httpx.Response) -> None:
        event = ""
        for line in answer.iter_lines():
            if self._stop.is_set():
                return
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                self._take(event, line.removeprefix("data: "))

    def _take(self, event: str, data: str) -> None:
        if event == "job":
            self.jobs.append(News(time.monotonic(), data))
        elif event == "device" and (row := json.loads(data))["presence"] == "absent":
            self.called_absent.add(row["id"])
