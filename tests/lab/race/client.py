"""A browser without a screen that books all the time: `python -m tests.lab.race.client URL COOKIE CSRF SEED ATTEMPTS`.

It is signed in, keeps its connection, and says one line of JSON at the end: as `hammer` does."""

import json
import random
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.lab.race.wishes import KEPT, Wanted, draw

PATIENCE_S = 120
AGAIN_EVERY = 20
"""Every so many attempts the same wish is sent twice, as after an answer that was lost."""


class Refused(Exception):
    """What was wanted is not free."""


class Browser:
    """One person at one hub."""

    def __init__(self, url: str, cookie: str, csrf: str) -> None:
        self._line = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
        self._headers = {"Content-Type": "application/json", "Cookie": cookie, "X-CSRF-Token": csrf}

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON of the answer; `Refused` for what is not free; anything else ends the run."""
        status, answer = self._send(path, body)
        if status == 409 and answer["code"] in ("not-free", "test-due"):
            raise Refused
        assert status in (200, 201, 204), (path, status, answer)
        return answer

    def _send(self, path: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        self._line.request("POST", f"/api/v1{path}", None if body is None else json.dumps(body), self._headers)
        answer = self._line.getresponse()
        said = answer.read()
        return answer.status, json.loads(said) if said else {}


class Visitor:
    """Somebody who books all the time."""

    def __init__(self, browser: Browser, seed: str) -> None:
        self._browser, self._chance, self._seed = browser, random.Random(seed), seed
        self.counts: Counter[str] = Counter()
        self.mine: dict[str, int] = {}

    def run(self, attempts: int) -> None:
        """All attempts."""
        for number in range(attempts):
            self._attempt(number, draw(self._chance))
            if len(self.mine) > KEPT:
                key = next(iter(self.mine))
                self._browser.post(f"/bookings/{key}/canceled")
                del self.mine[key]
                self.counts["called_off"] += 1

    def _attempt(self, number: int, wanted: Wanted) -> None:
        start = datetime.now(UTC) + timedelta(hours=wanted.start_h)
        line = {"model": wanted.model, "device": wanted.device, "quantity": wanted.quantity}
        body = {
            "lines": [line],
            "starts": start.isoformat(),
            "ends": (start + timedelta(hours=wanted.hours)).isoformat(),
            "client_key": f"race-{self._seed}-{number}",
        }
        try:
            key = self._browser.post("/bookings", body)["booking"]
        except Refused:
            self.counts["refused"] += 1
            return
        self.counts["accepted"] += 1
        self.mine[key] = wanted.quantity
        if number % AGAIN_EVERY == 0:
            assert self._browser.post("/bookings", body)["booking"] == key, "the same wish became another booking"
            self.counts["sent_again"] += 1


def main(url: str, cookie: str, csrf: str, seed: str, attempts: int) -> None:
    """Book, then tell."""
    visitor = Visitor(Browser(url, cookie, csrf), seed)
    visitor.run(attempts)
    print(json.dumps({"counts": visitor.counts, "bookings": visitor.mine}))


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]))
