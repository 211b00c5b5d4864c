"""HTTP digest access authentication (RFC 2617 and 7616), as far as PrusaLink and Buddy firmware use it.

PrusaLink 0.8.1 asks for MD5-sess with `qop=auth`. Buddy firmware sends neither `qop` nor an algorithm and does not
understand one in the answer (https://github.com/prusa3d/Prusa-Firmware-Buddy/pull/3665), so httpx's own does not
fit."""

import secrets
from collections.abc import Generator, Mapping
from hashlib import md5

import httpx

from medialab_agent.drivers.prusalink.challenge import challenge_of


def _hash(*parts: str) -> str:
    # the protocol's own function: both products know nothing better
    return md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()


class Digest(httpx.Auth):
    """Answers challenges for one user; remembers the last one, so that most requests go out once."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._challenge: Mapping[str, str] = {}
        self._count = 0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See `httpx.Auth`."""
        if self._challenge:
            request.headers["Authorization"] = self._answer(request)
        response = yield request
        if response.status_code != 401:
            return
        fresh = challenge_of(response.headers.get("www-authenticate", ""))
        if not fresh.get("nonce") or fresh.get("nonce") == self._challenge.get("nonce"):
            return
        self._challenge, self._count = fresh, 0
        request.headers["Authorization"] = self._answer(request)
        yield request

    def _answer(self, request: httpx.Request) -> str:
        asked, uri = self._challenge, request.url.raw_path.decode("ascii")
        realm, nonce = asked.get("realm", ""), asked["nonce"]
        secret, wanted = _hash(self._user, realm, self._password), _hash(request.method, uri)
        fields = {"username": self._user, "realm": realm, "nonce": nonce, "uri": uri}
        if "qop" not in asked:
            return _header({**fields, "response": _hash(secret, nonce, wanted)})
        self._count += 1
        cnonce, count, algorithm = secrets.token_hex(8), f"{self._count:08x}", asked.get("algorithm", "MD5")
        if algorithm.lower() == "md5-sess":
            secret = _hash(secret, nonce, cnonce)
        fields["response"] = _hash(secret, nonce, count, cnonce, "auth", wanted)
        more = {"opaque": asked["opaque"]} if "opaque" in asked else {}
        return _header({**fields, **more, "cnonce": cnonce}) + f", qop=auth, nc={count}, algorithm={algorithm}"


def _header(fields: Mapping[str, str]) -> str:
    safe = {name: value.replace("\\", "").replace('"', "") for name, value in fields.items()}
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in safe.items())
