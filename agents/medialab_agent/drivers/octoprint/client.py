"""A thin HTTP client of one OctoPrint: every answer is either what was expected or a `DeviceTrouble`."""

from __future__ import annotations

import functools
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.words import not_paired
from medialab_agent.sdk.trouble import DeviceTrouble, Refused, Unreachable, unreachable
from medialab_wire.texts import Text

if TYPE_CHECKING:
    import httpx

M = TypeVar("M", bound=models.Answer)
Params = Mapping[str, str]


class Conflict(Refused):
    """HTTP 409: not in this state; often a matter of seconds."""


def bad_answer(detail: str = "") -> Unreachable:
    """Something answered that does not make sense."""
    return Unreachable(
        "bad-answer",
        Text(de="Der Drucker antwortet Unverständliches.", en="The printer answers something unintelligible."),
        Text(de="OctoPrint neu starten.", en="Restart OctoPrint."),
        detail,
    )


def starting() -> Unreachable:
    """Its server is up, OctoPrint behind it is not yet."""
    return Unreachable(
        "device-starting",
        Text(de="OctoPrint startet gerade.", en="OctoPrint is starting."),
        Text(de="Eine Minute warten.", en="Wait a minute."),
    )


def _not_allowed(detail: str) -> Refused:
    return Refused(
        "not-allowed",
        Text(de="Das Konto in OctoPrint darf das nicht.", en="The account in OctoPrint may not do this."),
        Text(
            de="Beim Koppeln in OctoPrint mit einem Konto anmelden, das drucken und löschen darf.",
            en="When pairing, sign in to OctoPrint with an account that may print and delete.",
        ),
        detail,
    )


def _asked(method: str, path: str) -> str:
    # names of files are people's: a detail says only which interface was asked
    return f"{method} {'/'.join(path.partition('?')[0].split('/')[:3])}"


@functools.cache
def _trust() -> ssl.SSLContext:
    """Read once: that takes longer than asking a printer, and one that waits for its person is asked all the time."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


class Client:
    """Speaks to one base URL. `key` may change at any time; requests are never sent anywhere else."""

    timeout_s = 10.0

    def __init__(self, base: str, key: str | None = None) -> None:
        self.base = base.rstrip("/")
        self.key = key
        self._http: httpx.AsyncClient | None = None
        self._seen: dict[str, tuple[str, Any]] = {}

    def _connection(self) -> httpx.AsyncClient:
        if self._http is None:
            import httpx

            self._http = httpx.AsyncClient(timeout=self.timeout_s, trust_env=False, verify=_trust())
        return self._http

    async def close(self) -> None:
        """Close its sockets."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def raw(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The plain answer, whatever its status. Raises `Unreachable`."""
        import httpx

        headers = {**request.pop("headers", {}), **({"X-Api-Key": self.key} if self.key else {})}
        try:
            return await self._connection().request(method, self.base + path, headers=headers, **request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise unreachable(f"{_asked(method, path)}: {type(error).__name__}") from error

    async def call(
        self, method: str, path: str, ok: tuple[int, ...] = (200, 201, 204), **request: Any
    ) -> httpx.Response:
        """An answer with one of the expected statuses. Raises `Conflict`, `Refused`, `NeedsPerson`, `Unreachable`."""
        answer = await self.raw(method, path, **request)
        if answer.status_code in ok:
            return answer
        raise await self._trouble(answer.status_code, method, f"{_asked(method, path)}: {answer.status_code}")

    async def _trouble(self, status: int, method: str, detail: str) -> DeviceTrouble:
        # without a valid key OctoPrint answers a change with 400, for want of a CSRF token, and a reading with 403
        if status in {400, 401, 403} and (await self.raw("GET", "/api/version")).status_code != 200:
            return not_paired()
        if status in {401, 403}:
            return _not_allowed(detail)
        if status == 409:
            return Conflict(
                "printer-busy",
                Text(de="Der Drucker ist gerade beschäftigt.", en="The printer is busy."),
                Text(de="Später noch einmal versuchen.", en="Try again later."),
                detail,
            )
        if status in {404, 502, 503} and method == "GET":
            return starting()  # a server of its own answers 404 to everything while OctoPrint starts
        return Refused(
            "octoprint-refused",
            Text(de="OctoPrint hat den Befehl abgelehnt.", en="OctoPrint refused the command."),
            Text(de="In OctoPrint nachsehen, was dort gemeldet wird.", en="See in OctoPrint what it says."),
            detail,
        )

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The body in pieces. Raises `Unreachable`."""
        import httpx

        headers = {"X-Api-Key": self.key} if self.key else {}
        try:
            async with self._connection().stream("GET", self.base + path, headers=headers) as answer:
                if answer.status_code != 200:
                    raise bad_answer(f"GET {path.split('/')[1]}: {answer.status_code}")
                yield answer.aiter_bytes()
        except httpx.HTTPError as error:
            raise unreachable(type(error).__name__) from error

    async def read(self, model: type[M], path: str, **params: str) -> M:
        """A fresh, validated answer."""
        return self.parse(model, await self.call("GET", path, params=params))

    async def read_cached(self, model: type[M], path: str, **params: str) -> M:
        """The same, sparing the body while OctoPrint says by its ETag that nothing changed."""
        tag, known = self._seen.get(path, ("", None))
        headers = {"If-None-Match": tag} if tag else {}
        answer = await self.call("GET", path, (200, 304), params=params, headers=headers)
        if answer.status_code == 304 and isinstance(known, model):
            return known
        parsed = self.parse(model, answer)
        if "etag" in answer.headers:
            self._seen[path] = (answer.headers["etag"], parsed)
        return parsed

    def parse(self, model: type[M], answer: httpx.Response) -> M:
        """The validated body. Raises `Unreachable` when it does not fit."""
        try:
            return model.model_validate(json.loads(answer.content))
        except (ValueError, ValidationError, RecursionError) as error:
            raise bad_answer(f"{model.__name__}: {type(error).__name__}") from error

    async def post(self, model: type[M], path: str, body: Mapping[str, Any]) -> M:
        """Send JSON and read a validated answer."""
        return self.parse(model, await self.call("POST", path, json=dict(body)))

    async def order(self, path: str, **body: Any) -> None:
        """Send a command; its effect has to be read back."""
        await self.call("POST", path, json=body)

    async def gcode(self, *lines: str) -> None:
        """Send G-code lines."""
        await self.order("/api/printer/command", commands=list(lines))

    async def printer(self) -> models.Printer | None:
        """State and temperatures; None: OctoPrint has no connection to its printer."""
        answer = await self.call("GET", "/api/printer", (200, 409), params={"exclude": "sd"})
        return None if answer.status_code == 409 else self.parse(models.Printer, answer)


def file_path(origin: str, path: str) -> str:
    """The API path of a stored file; names are hostile."""
    return f"/api/files/{quote(origin, safe='')}/{quote(path)}"
