"""Who the simulated PrusaLink lets in: HTTP digest in the dialect of either product, or an API key."""

import secrets
from collections.abc import Mapping
from hashlib import md5

from medialab_agent.drivers.prusalink.challenge import challenge_of
from medialab_agent.sdk.simulated_http import Ask, Reply

USER = "maker"
MOST_NONCES = 1000


def _hash(*parts: str) -> str:
    return md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()


class Access:
    """One user and one key. Buddy firmware takes its password for a key; a Pi has a key of its own."""

    def __init__(self, password: str, key: str, *, is_buddy: bool) -> None:
        self.password, self.key = password, password if is_buddy else key
        self.is_buddy = is_buddy
        self._nonces: dict[str, None] = {}

    def refusal(self, ask: Ask) -> Reply | None:
        """The answer to somebody who may not; None: let them in."""
        if "x-api-key" in ask.headers:
            if ask.headers["x-api-key"] == self.key:
                return None
            return self._challenge() if self.is_buddy else Reply(403, b"Bad X-Api-Key.")
        given = challenge_of(ask.headers.get("authorization", ""))
        return None if given and self._is_right(given, ask) else self._challenge()

    def forget(self) -> None:
        """Every nonce is stale from now on."""
        self._nonces.clear()

    def _challenge(self) -> Reply:
        nonce = secrets.token_hex(12)
        self._nonces[nonce] = None
        for old in list(self._nonces)[:-MOST_NONCES]:
            del self._nonces[old]
        if self.is_buddy:
            header = f'Digest realm="Printer API", nonce="{nonce}", stale=false'
        else:
            header = f'Digest realm="Administrator", qop="auth", algorithm=MD5-sess, nonce="{nonce}", opaque="0"'
        return Reply(401, b"401: Unauthorized", {"WWW-Authenticate": header})

    def _is_right(self, given: Mapping[str, str], ask: Ask) -> bool:
        nonce = given.get("nonce", "")
        if nonce not in self._nonces or given.get("uri") != ask.target or given.get("username") != USER:
            return False
        wanted = _hash(ask.method, ask.target)
        if self.is_buddy:
            expected = _hash(_hash(USER, "Printer API", self.password), nonce, wanted)
            return "algorithm" not in given and given.get("response") == expected
        cnonce = given.get("cnonce", "")
        secret = _hash(_hash(USER, "Administrator", self.password), nonce, cnonce)
        return given.get("response") == _hash(secret, nonce, given.get("nc", ""), cnonce, "auth", wanted)
