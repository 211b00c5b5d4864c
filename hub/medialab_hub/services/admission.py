"""Who is asking: sessions and tokens kept in memory, so that a request costs no query."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from medialab_hub.clock import Clock
from medialab_hub.domain import accounts as rules
from medialab_hub.domain.events import Happened
from medialab_hub.domain.roles import Role
from medialab_hub.errors import Forbidden, NotSignedIn, TooMany
from medialab_hub.services import accounts
from medialab_hub.services.passwords import Passwords
from medialab_hub.storage import accounts as rows
from medialab_hub.storage.tables.accounts import ApiToken, User
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_hub.storage.writer import Writer
from medialab_wire.texts import Text

STORED_EVERY = timedelta(minutes=1)
"""How often the last use of a session is written down."""


@dataclass(frozen=True)
class Principal:
    """Who asks: a person with a session, or a program with a token. `id` is pseudonymous and goes to the journal."""

    id: str
    name: str
    role: Role
    csrf: str | None = None
    """What a browser must send with each change; None for a token."""
    key: str = ""
    """Hash of the session's secret; empty for a token."""
    language: str = ""
    """The one this person chose; empty: none."""


@dataclass
class _Entry:
    principal: Principal
    created: datetime
    used: datetime
    stored: datetime


@dataclass(frozen=True)
class _Found:
    """Everything that is stored."""

    sessions: dict[str, _Entry]
    tokens: dict[str, Principal]
    settings: dict[str, str]
    has_admin: bool


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: whose, and the secret for the cookie."""

    principal: Principal
    secret: str


def hash_secret(secret: str) -> str:
    """What is stored of a random secret of 128 bits or more; SHA-256 is enough for those."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Admission:
    """Finds the principal of a request, signs people in and out. Used on the event loop only."""

    def __init__(self, writer: Writer, clock: Clock, passwords: Passwords) -> None:
        self._writer, self._clock, self.passwords = writer, clock, passwords
        self._sessions: dict[str, _Entry] = {}
        self._tokens: dict[str, Principal] = {}
        self._limits = rules.LoginLimits()
        self.settings: dict[str, str] = {}
        self.has_admin = False
        self._reads = self._newest_read = 0
        self.listeners: list[Callable[[], None]] = []
        """Called after somebody may have lost access."""

    async def load(self) -> None:
        """Read everything again; after each change of accounts or tokens."""
        self._reads = read = self._reads + 1
        found = await self._writer.run(_read)
        if read > self._newest_read:  # else somebody who asked later was answered already
            self._newest_read = read
            self._take(found)
            self._tell()

    def by_session(self, secret: str) -> Principal | None:
        """The person of a session cookie; counts as use."""
        key = hash_secret(secret)
        entry = self._sessions.get(key)
        if entry is None:
            return None
        now = self._clock.now()
        if rules.is_over(entry.created, entry.used, now):
            del self._sessions[key]
            return None
        entry.used = now
        if now - entry.stored >= STORED_EVERY:
            entry.stored = now
            self._writer.submit(lambda uow: accounts.keep_session(uow, key))
        return entry.principal

    def by_token(self, secret: str) -> Principal | None:
        """The program of an API token."""
        return self._tokens.get(hash_secret(secret))

    def is_live(self, principal: Principal) -> bool:
        """True while this principal may go on; does not count as use. For streams that stay open."""
        if not principal.key:
            return any(known.id == principal.id for known in self._tokens.values())
        entry = self._sessions.get(principal.key)
        return entry is not None and not rules.is_over(entry.created, entry.used, self._clock.now())

    async def sign_in(self, name: str, password: str, address: str, old_secret: str | None) -> SignedIn:
        """Check name and password. Raises NotSignedIn when they are wrong and TooMany after too many tries."""
        account = rules.name_key(name)
        self._refuse_too_many(account, address)
        self._limits.failed(account, address, self._clock.monotonic())
        user = await self._writer.run(lambda uow: rows.user_of_key(uow.session, account))
        stored = user.password_hash if user is not None and not user.disabled else None
        if not await self.passwords.matches(stored, password) or user is None:
            await self._writer.run(lambda uow: accounts.record_refused_login(uow, name), durable=True)
            raise NotSignedIn(
                "login-failed",
                Text(de="Name oder Passwort stimmt nicht.", en="Name or password is wrong."),
                Text(
                    de="Achten Sie auf Groß- und Kleinschreibung. Die Verwaltung kann das Passwort neu setzen.",
                    en="Mind capital and small letters. The administration can set a new password.",
                ),
            )
        self._limits.succeeded(account, address)
        user_id = user.id
        return await self._open(lambda _uow: user_id, old_secret)

    async def change_password(self, principal: Principal, current: str, new: str, address: str) -> None:
        """A person chooses another password; all their other sessions end.

        Raises Forbidden when `current` is wrong or a program asks, and TooMany after too many tries."""
        if not principal.key:
            raise Forbidden(
                "no-password",
                Text(de="Ein Zugang für Programme hat kein Passwort.", en="Access for programs has no password."),
            )
        account = rules.name_key(principal.name)
        self._refuse_too_many(account, address)
        self._limits.failed(account, address, self._clock.monotonic())
        known = await self._writer.run(lambda uow: accounts.password_of(uow, principal.id))
        if not await self.passwords.matches(known, current):
            await self._writer.run(lambda uow: uow.record(Happened.PASSWORD_REFUSED, principal.id), durable=True)
            raise accounts.password_wrong()
        self._limits.succeeded(account, address)
        fresh = await self.passwords.hash(new)
        await self._writer.run(
            lambda uow: accounts.replace_password(uow, principal.id, known, fresh, principal.key), durable=True
        )
        await self.load()

    async def choose_language(self, principal: Principal, language: str) -> None:
        """A person wants the screens in that language wherever they sign in. Raises NotFound for a program."""
        await self._writer.run(lambda uow: accounts.choose_language(uow, principal.id, language), durable=True)
        await self.load()

    async def set_up(self, token: str, person: accounts.Person, centre: str, language: str) -> SignedIn:
        """First run: create the first admin and sign in."""
        return await self._open(
            lambda uow: accounts.set_up(uow, hash_secret(token), person, centre, language).id, old_secret=None
        )

    async def sign_out(self, principal: Principal) -> None:
        """End this session."""
        self._sessions.pop(principal.key, None)
        self._tell()
        await self._writer.run(lambda uow: accounts.close_session(uow, principal.key))
        await self.load()  # who read before that has brought the session back

    async def offer_first_admin_link(self) -> str:
        """The secret of a fresh link of the first run. Raises Conflict once an admin exists."""
        secret = secrets.token_urlsafe(16)
        await self._writer.run(lambda uow: accounts.offer_first_admin_link(uow, hash_secret(secret)), durable=True)
        return secret

    def _take(self, found: _Found) -> None:
        for key, entry in found.sessions.items():
            if (known := self._sessions.get(key)) is not None:
                entry.used = max(entry.used, known.used)
        self._sessions, self._tokens = found.sessions, found.tokens
        self.settings, self.has_admin = found.settings, found.has_admin

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()

    def _refuse_too_many(self, account: str, address: str) -> None:
        wait_s = self._limits.wait_s(account, address, self._clock.monotonic())
        if wait_s > 0:
            minutes = max(1, round(wait_s / 60))
            raise TooMany(
                "login-too-often",
                Text(de="Zu viele Versuche.", en="Too many tries."),
                Text(
                    de=f"Bitte in {minutes} Minuten noch einmal versuchen.",
                    en=f"Please try again in {minutes} minutes.",
                ),
            )

    async def _open(self, find_user: Callable[[UnitOfWork], str], old_secret: str | None) -> SignedIn:
        secret, csrf = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        key = hash_secret(secret)
        old_key = hash_secret(old_secret) if old_secret else None
        await self._writer.run(lambda uow: accounts.open_session(uow, find_user(uow), key, csrf, old_key), durable=True)
        await self.load()
        return SignedIn(self._sessions[key].principal, secret)


def _read(uow: UnitOfWork) -> _Found:
    sessions = {
        row.secret_hash: _Entry(_person(user, row.csrf, row.secret_hash), row.created_at, row.used_at, row.used_at)
        for row, user in rows.live_sessions(uow.session)
    }
    tokens = {
        token.secret_hash: Principal(token.id, token.label, _role_now(token, maker))
        for token, maker in rows.live_tokens(uow.session)
    }
    return _Found(sessions, tokens, rows.settings(uow.session), rows.has_admin(uow.session))


def _role_now(token: ApiToken, maker: User | None) -> Role:
    """A token may never do more than the account that made it may do now."""
    return Role(token.role) if maker is None else Role(token.role).at_most(Role(maker.role))


def _person(user: User, csrf: str, key: str) -> Principal:
    return Principal(user.id, user.name, Role(user.role), csrf, key, user.language)
