"""A thin HTTP client of one Moonraker: every answer is either what was expected or a `DeviceTrouble`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from medialab_agent.drivers.moonraker.words import klipper_down, not_trusted
from medialab_agent.sdk.trouble import DeviceTrouble, Refused, Unreachable, unreachable
from medialab_wire.texts import Text

if TYPE_CHECKING:
    import httpx

M = TypeVar("M")
MOST_BYTES = 16_000_000
"""Of one answer in JSON; a printer with ten thousand files needs about two million."""


class Busy(Refused):
    """HTTP 403: a file that is being printed."""


def bad_answer(detail: str = "") -> Unreachable:
    """Something answered that does not make sense."""
    return Unreachable(
        "bad-answer",
        Text(de="Der Drucker antwortet Unverständliches.", en="The printer answers something unintelligible."),
        Text(de="Den Drucker aus- und wieder einschalten.", en="Switch the printer off and on again."),
        detail,
    )


def starting(detail: str = "") -> Unreachable:
    """Moonraker is up, but not all of it."""
    return Unreachable(
        "device-starting",
        Text(de="Der Drucker startet gerade.", en="The printer is starting."),
        Text(de="Eine Minute warten.", en="Wait a minute."),
        detail,
    )


def refused(detail: str) -> Refused:
    """Moonraker or Klipper said no."""
    return Refused(
        "moonraker-refused",
        Text(de="Der Drucker hat den Befehl abgelehnt.", en="The printer refused the command."),
        Text(
            de="In Mainsail oder Fluidd nachsehen, was dort gemeldet wird.",
            en="See in Mainsail or Fluidd what it says.",
        ),
        detail,
    )


def _asked(method: str, path: str) -> str:
    # names of files are people's: a detail says only which interface was asked
    return f"{method} {'/'.join(path.partition('?')[0].split('/')[:3])}"


class Client:
    """Speaks to one base URL. `key` may change at any time; requests are never sent anywhere else."""

    timeout_s = 10.0
    begin_s = 3.0
    """How long the answer to a command is waited for that may have to wait for others."""

    def __init__(self, base: str, key: str | None = None) -> None:
        self.base = base.rstrip("/")
        self.key = key
        self.own_address = ""
        """The address this machine has on the printer's network."""
        self._http: httpx.AsyncClient | None = None

    def _connection(self) -> httpx.AsyncClient:
        if self._http is None:
            import httpx

            self._http = httpx.AsyncClient(timeout=self.timeout_s, trust_env=False)
        return self._http

    @property
    def headers(self) -> dict[str, str]:
        """What identifies this client."""
        return {"X-Api-Key": self.key} if self.key else {}

    async def close(self) -> None:
        """Close its sockets."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def raw(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The plain answer, whatever its status; at most `MOST_BYTES` of it. Raises `Unreachable`."""
        import httpx

        try:
            async with self._connection().stream(method, self.base + path, headers=self.headers, **request) as answer:
                body = bytearray()
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise bad_answer(f"{_asked(method, path)}: too long")
                self._note_own_address(answer)
                return httpx.Response(answer.status_code, content=bytes(body), request=answer.request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise unreachable(f"{_asked(method, path)}: {type(error).__name__}") from error

    def _note_own_address(self, answer: httpx.Response) -> None:
        network = answer.extensions.get("network_stream")
        address = network.get_extra_info("client_addr") if network is not None else None
        if address:
            self.own_address = str(address[0])

    async def call(self, method: str, path: str, ok: tuple[int, ...] = (200, 201), **request: Any) -> httpx.Response:
        """An answer with one of the expected statuses. Raises `Busy`, `Refused`, `NeedsPerson`, `Unreachable`."""
        answer = await self.raw(method, path, **request)
        if answer.status_code in ok:
            return answer
        raise self._trouble(answer.status_code, f"{_asked(method, path)}: {answer.status_code}")

    def _trouble(self, status: int, detail: str) -> DeviceTrouble:
        if status == 401:
            return not_trusted(self.own_address, has_key=self.key is not None)
        if status == 403:
            return Busy(
                "file-in-use",
                Text(de="Die Datei wird gerade gedruckt.", en="The file is being printed."),
                Text(de="Später noch einmal versuchen.", en="Try again later."),
                detail,
            )
        if status == 503:
            return klipper_down(detail)
        if status == 404:
            return starting(detail)  # what needs Klipper exists only once both have found each other
        if status in {502, 504}:
            return unreachable(detail)  # a web server stands before Moonraker, which is not there
        return refused(detail)

    def parse(self, model: type[M], answer: httpx.Response) -> M:
        """The validated `result`. Raises `Unreachable` when it does not fit."""
        try:
            return TypeAdapter(model).validate_python(json.loads(answer.content)["result"])
        except (ValueError, KeyError, TypeError, ValidationError, RecursionError) as error:
            raise bad_answer(f"{_asked('GET', answer.request.url.path)}: {type(error).__name__}") from error

    async def read(self, model: type[M], path: str, /, **params: str) -> M:
        """A fresh, validated answer."""
        return self.parse(model, await self.call("GET", path, params=params))

    async def read_if_any(self, model: type[M], path: str, /, **params: str) -> M | None:
        """The same, or None where this Moonraker has no such part (404)."""
        answer = await self.call("GET", path, (200, 404), params=params)
        return None if answer.status_code == 404 else self.parse(model, answer)

    async def query(self, model: type[M], objects: Mapping[str, str]) -> M:
        """Fields of printer objects, `""` for all of them. Raises `Unreachable` (`klipper-down`)."""
        return await self.read(model, "/printer/objects/query", **objects)

    async def gcode(self, *lines: str) -> None:
        """Send G-code lines. They wait for what runs; their effect has to be read back. Raises `Refused`."""
        status = await self.begin("/printer/gcode/script", script="\n".join(lines))
        if status not in {200, None}:
            raise self._trouble(status or 0, f"gcode: {status}")

    async def begin(self, path: str, /, **params: str) -> int | None:
        """Send a command that answers when its work is done: its status; None when that takes longer than `begin_s`."""
        import httpx

        try:
            request = self._connection().build_request("POST", self.base + path, params=params, headers=self.headers)
            request.extensions = {**request.extensions, "timeout": httpx.Timeout(self.begin_s).as_dict()}
            answer = await self._connection().send(request, stream=True)
            await answer.aclose()
            return answer.status_code
        except httpx.ReadTimeout:
            return None
        except httpx.HTTPError as error:
            raise unreachable(f"{_asked('POST', path)}: {type(error).__name__}") from error

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The body of a file in pieces. Raises `Unreachable`."""
        import httpx

        try:
            async with self._connection().stream("GET", self.base + path, headers=self.headers) as answer:
                if answer.status_code != 200:
                    raise bad_answer(f"GET {path.split('/')[1]}: {answer.status_code}")
                yield answer.aiter_bytes()
        except httpx.HTTPError as error:
            raise unreachable(type(error).__name__) from error
