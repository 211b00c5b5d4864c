"""The open connections to one PrusaLink. httpx's own client would keep cookies, look for redirects and merge settings
for each question: a third of the work of a hall of printers that are asked every few seconds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from medialab_agent.drivers.prusalink.credentials import Credentials
from medialab_agent.drivers.prusalink.digest import Digest

KEPT_OPEN_S = 30.0
"""How long an unused connection stays open: longer than the pause between two questions, else each needs a new one."""
CONNECTIONS = 4
PATIENCE = ("connect", "read", "write", "pool")
PLAIN = {"Accept-Encoding": "identity", "User-Agent": "medialab-agent"}


class Line:
    """Asks, and answers a challenge. Redirects are answers like any other, cookies are ignored."""

    def __init__(self, timeout_s: float, told: Credentials | None) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEPT_OPEN_S)
        self._transport = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)
        self._timeout_s = timeout_s
        self._auth = Digest(told.user, told.password) if told and told.password else httpx.Auth()
        self._headers = PLAIN | ({"X-Api-Key": told.key} if told and told.key else {})

    async def close(self) -> None:
        """Close its sockets."""
        await self._transport.aclose()

    @asynccontextmanager
    async def ask(
        self, method: str, url: str, headers: dict[str, str] | None = None, patience_s: float | None = None, **body: Any
    ) -> AsyncIterator[httpx.Response]:
        """The answer, whose content is not read yet. Raises `httpx.HTTPError`."""
        patience = {"timeout": dict.fromkeys(PATIENCE, patience_s or self._timeout_s)}
        request = httpx.Request(method, url, headers=self._headers | (headers or {}), extensions=patience, **body)
        flow = self._auth.auth_flow(request)
        answer = await self._transport.handle_async_request(next(flow))
        try:
            again = flow.send(answer)
        except StopIteration:
            pass
        else:
            await answer.aclose()
            answer = await self._transport.handle_async_request(again)
        try:
            yield answer
        finally:
            await answer.aclose()
