"""Keys, sessions and application-key requests of the simulated OctoPrint."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

ADMIN_KEY = "FEDCBA9876543210FEDCBA9876543210"
"""Of the simulated administrator; a simulator protects nothing."""
FORGET_S = 5.0
"""A request that is not polled that long is dropped, as the real one does."""
REQUESTS_PER_MINUTE = 3


@dataclass
class Pending:
    """A request nobody decided yet."""

    app: str
    user_token: str
    asked: float
    polled: float


@dataclass
class Access:
    """Who may talk to it. `allow_after_s`: the simulated person clicks “Allow” that long after the request."""

    now: Callable[[], float]
    allow_after_s: float | None = 2.0
    denies: Callable[[], bool] = lambda: False
    keys: dict[str, str] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    _pending: dict[str, Pending] = field(default_factory=dict)
    _ready: dict[str, str] = field(default_factory=dict)
    _asked: list[float] = field(default_factory=list)

    def knows(self, key: str) -> bool:
        """Whether a key opens the door."""
        return key == ADMIN_KEY or key in self.keys.values()

    def request(self, app: str) -> str | None:
        """A new request's token; None: too many."""
        now = self.now()
        self._asked = [at for at in self._asked if now - at < 60]
        if len(self._asked) >= REQUESTS_PER_MINUTE:
            return None
        self._asked.append(now)
        token = secrets.token_urlsafe(16)
        self._pending[token] = Pending(app, secrets.token_urlsafe(16), now, now)
        return token

    def poll(self, token: str) -> tuple[int, str]:
        """Status and key: 202 undecided, 200 granted, 404 denied or forgotten."""
        now = self.now()
        self._pending = {t: p for t, p in self._pending.items() if now - p.polled < FORGET_S}
        pending = self._pending.get(token)
        if pending is not None:
            pending.polled = now
            if self.denies():
                self.decide(pending.user_token, False)
            elif self.allow_after_s is not None and now - pending.asked >= self.allow_after_s:
                self.decide(pending.user_token, True)
            else:
                return 202, ""
        app = self._ready.pop(token, None)
        return (404, "") if app is None else (200, self.generate(app))

    def decide(self, user_token: str, allow: bool) -> bool:
        """What the person clicked; False: there is no such request."""
        token = next((t for t, p in self._pending.items() if p.user_token == user_token), None)
        if token is None:
            return False
        pending = self._pending.pop(token)
        if allow:
            self._ready[token] = pending.app
        return True

    def generate(self, app: str) -> str:
        """The app's key, the same each time."""
        return self.keys.setdefault(app, secrets.token_urlsafe(32))

    def pending(self) -> dict[str, dict[str, str | None]]:
        """As `GET /api/plugin/appkeys` shows it."""
        return {
            p.user_token: {"app_id": p.app, "user_id": None, "user_token": p.user_token} for p in self._pending.values()
        }

    def login(self) -> str:
        """A session for the push socket."""
        session = secrets.token_hex(16)
        self.sessions.add(session)
        return session
