"""The gate before everything else: known host, small body, known principal, own page, security headers."""

import hmac
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medialab_hub.api.hosts import KnownHosts
from medialab_hub.api.problems import FOREIGN, MISDIRECTED, SIGN_IN, TOO_LARGE, TOO_OFTEN, problem
from medialab_hub.api.public_routes import PublicRoute, find_public
from medialab_hub.errors import HubError
from medialab_hub.services.admission import Admission, Principal

LARGEST_BODY = 1024 * 1024
"""Bytes; no request of the API needs more."""
SAFE = {"GET", "HEAD", "OPTIONS"}
COOKIE, SECURE_COOKIE = "medialab", "__Host-medialab"
"""Names of the session cookie on HTTP and on HTTPS."""
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
_RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
MOST_ADDRESSES = 10_000
"""Addresses counted at once for the limits of public routes."""


class Gate:
    """Refuses by default: what is not in the public list needs a principal, which routes find in `scope["state"]`."""

    def __init__(self, app: ASGIApp, admission: Admission, hosts: KnownHosts, monotonic: Callable[[], float]) -> None:
        self._app, self._admission, self._hosts, self._monotonic = app, admission, hosts, monotonic
        self._minute = -1
        self._counts: dict[tuple[PublicRoute, str], int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; lifespan messages pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_headers(send)
        headers = Headers(scope=scope)
        error = self._refusal(scope, headers)
        if error is not None:
            await problem(error)(scope, receive, send)
            return
        await self._app(scope, _limited(receive), send)

    def _refusal(self, scope: Scope, headers: Headers) -> HubError | None:
        if not self._hosts.knows(headers.get("host", "")):
            return MISDIRECTED
        if not _is_small(headers):
            return TOO_LARGE
        principal = self._principal(scope, headers)
        scope.setdefault("state", {})["principal"] = principal
        public = find_public(scope["method"], scope["path"])
        if public is not None and not self._count(public, scope):
            return TOO_OFTEN
        if public is None and principal is None:
            return SIGN_IN
        if scope["method"] not in SAFE and not self._is_own(scope, headers, principal, is_public=public is not None):
            return FOREIGN
        return None

    def _principal(self, scope: Scope, headers: Headers) -> Principal | None:
        authorization = headers.get("authorization", "")
        if authorization[:7].lower() == "bearer ":
            return self._admission.by_token(authorization[7:].strip())
        secret = session_secret(scope, headers)
        return self._admission.by_session(secret) if secret else None

    def _is_own(self, scope: Scope, headers: Headers, principal: Principal | None, *, is_public: bool) -> bool:
        if principal is not None and principal.csrf is None:
            return True  # a program with a token: no browser sends that by itself
        origin = headers.get("origin")
        if origin is not None and not self._hosts.is_own_origin(origin, scope["scheme"], headers["host"]):
            return False
        if is_public or principal is None:
            return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
        return hmac.compare_digest(headers.get("x-csrf-token", "").encode(), (principal.csrf or "").encode())

    def _count(self, route: PublicRoute, scope: Scope) -> bool:
        minute = int(self._monotonic() // 60)
        if minute != self._minute or len(self._counts) > MOST_ADDRESSES:
            self._minute, self._counts = minute, {}
        key = (route, client_address(scope))
        self._counts[key] = self._counts.get(key, 0) + 1
        return self._counts[key] <= route.per_minute


def session_secret(scope: Scope, headers: Headers) -> str | None:
    """The secret in the session cookie."""
    raw = headers.get("cookie")
    if not raw:
        return None
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(raw)
    except CookieError:
        return None
    morsel = cookies.get(cookie_name(scope["scheme"]))
    return morsel.value if morsel is not None else None


def cookie_name(scheme: str) -> str:
    """`__Host-` on HTTPS: the browser then refuses it from any other host or without encryption."""
    return SECURE_COOKIE if scheme == "https" else COOKIE


def client_address(scope: Scope) -> str:
    """Address of the client, for limits."""
    client = scope.get("client")
    return client[0] if client else "local"


def _is_small(headers: Headers) -> bool:
    length = headers.get("content-length", "0")
    return length.isascii() and length.isdigit() and int(length) <= LARGEST_BODY


def _limited(receive: Receive) -> Receive:
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise HTTPException(413)
        return message

    return limited


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_RAW_HEADERS]
            if "cache-control" not in MutableHeaders(raw=message["headers"]):
                message["headers"].append((b"cache-control", b"no-store"))
        await send(message)

    return sender
