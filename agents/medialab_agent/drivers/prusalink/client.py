"""A thin HTTP client of one PrusaLink: every answer is either what was expected or a `DeviceTrouble`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from medialab_agent.drivers.prusalink import models
from medialab_agent.drivers.prusalink.credentials import Credentials
from medialab_agent.drivers.prusalink.words import bad_answer, not_let_in
from medialab_agent.sdk.trouble import DeviceTrouble, Refused, Unreachable, unreachable
from medialab_wire.texts import Text

if TYPE_CHECKING:
    from medialab_agent.drivers.prusalink.line import Line

M = TypeVar("M", bound=models.Answer)
LONGEST_ANSWER = 8_000_000
"""Bytes of one answer that are looked at."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    asks: str
    """The challenge of a 401 (`WWW-Authenticate`), else empty."""
    content: bytes


class Conflict(Refused):
    """HTTP 409, and 400 for a move: not in this state; often a matter of seconds."""


def _starting() -> Unreachable:
    return Unreachable(
        "device-starting",
        Text(de="PrusaLink startet gerade.", en="PrusaLink is starting."),
        Text(de="Eine Minute warten.", en="Wait a minute."),
    )


def _asked(method: str, path: str) -> str:
    # names of files are people's: a detail says only which interface was asked
    return f"{method} {'/'.join(path.partition('?')[0].split('/')[:4])}"


class Client:
    """Speaks to one base URL; requests are never sent anywhere else, and redirects are not followed."""

    timeout_s = 10.0

    def __init__(self, base: str, credentials: Credentials | None = None) -> None:
        self.base, self.credentials = base.rstrip("/"), credentials
        self._line: Line | None = None

    def _connection(self) -> Line:
        if self._line is None:
            from medialab_agent.drivers.prusalink.line import Line

            self._line = Line(self.timeout_s, self.credentials)
        return self._line

    async def close(self) -> None:
        """Close its sockets."""
        if self._line is not None:
            await self._line.close()
            self._line = None

    async def raw(self, method: str, path: str, **request: Any) -> Answer:
        """The plain answer, whatever its status; what is too long is not read. Raises `Unreachable`."""
        import httpx

        body = bytearray()
        try:
            async with self._connection().ask(method, self.base + path, **request) as answer:
                async for chunk in answer.aiter_raw():
                    body += chunk
                    if len(body) > LONGEST_ANSWER:
                        raise bad_answer("too long")
            return Answer(answer.status_code, answer.headers.get("www-authenticate", ""), bytes(body))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise unreachable(f"{_asked(method, path)}: {type(error).__name__}") from error

    async def call(self, method: str, path: str, ok: tuple[int, ...] = (200, 201, 204), **request: Any) -> Answer:
        """An answer with one of the expected statuses. Raises `Conflict`, `Refused`, `NeedsPerson`, `Unreachable`."""
        answer = await self.raw(method, path, **request)
        if answer.status_code in ok:
            return answer
        raise self._trouble(answer.status_code, f"{_asked(method, path)}: {answer.status_code}")

    def _trouble(self, status: int, detail: str) -> DeviceTrouble:
        if status in {401, 403}:
            return not_let_in(self.credentials is not None)
        if status == 409:
            return Conflict(
                "printer-busy",
                Text(de="Der Drucker ist gerade beschäftigt.", en="The printer is busy."),
                Text(de="Später noch einmal versuchen.", en="Try again later."),
                detail,
            )
        if status in {502, 503}:
            return _starting()
        return Refused(
            "prusalink-refused",
            Text(de="Der Drucker hat den Befehl abgelehnt.", en="The printer refused the command."),
            Text(de="An der Anzeige des Druckers nachsehen.", en="Look at the printer's display."),
            detail,
        )

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The content of a file, in pieces and however long. Raises `Unreachable`."""
        import httpx

        try:
            async with self._connection().ask("GET", self.base + path) as answer:
                if answer.status_code != 200:
                    raise bad_answer(f"GET {path.split('/')[1]}: {answer.status_code}")
                yield answer.aiter_raw()
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise unreachable(type(error).__name__) from error

    async def read(self, model: type[M], path: str) -> M:
        """A fresh, validated answer."""
        return self.parse(model, await self.call("GET", path, (200,), headers={"Accept": "application/json"}))

    def parse(self, model: type[M], answer: Answer) -> M:
        """The validated body. Raises `Unreachable` when it does not fit."""
        try:
            return model.model_validate(json.loads(answer.content))
        except (ValueError, ValidationError, RecursionError) as error:
            raise bad_answer(f"{model.__name__}: {type(error).__name__}") from error

    async def order(self, path: str, body: Mapping[str, Any]) -> None:
        """Send a command; its effect has to be read back."""
        await self.call("POST", path, json=dict(body))

    async def status(self) -> models.Status:
        """The present state; telemetry is up to 5 s old."""
        return await self.read(models.Status, "/api/v1/status")


def file_path(storage: str, path: str = "") -> str:
    """The API path of a stored file or folder; names are hostile."""
    return f"/api/v1/files/{quote(storage, safe='')}" + (f"/{quote(path)}" if path else "")
