"""Passwords: argon2id in threads, two at a time, so that signing in never takes all memory or the event loop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from medialab_hub.errors import TooMany
from medialab_wire.texts import Text

T = TypeVar("T")

AT_ONCE = 2
"""Hashes computed at the same time; 19 MiB each."""
MOST_WAITING = 50
"""Sign-ins that may wait for their turn, about two seconds on a small computer; further ones are refused."""


class Passwords:
    """argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet, minimum for argon2id)."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody = self._hasher.hash("nobody")

    async def hash(self, password: str) -> str:
        """A hash to store."""
        return await self._in_turn(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """True when the password fits. None takes as long and is always False, so that names cannot be guessed."""
        is_right = await self._in_turn(self._verify, stored or self._nobody, password)
        return is_right and stored is not None

    async def _in_turn(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= MOST_WAITING:
            raise TooMany("busy", Text(de="Zu viele Anmeldungen auf einmal.", en="Too many sign-ins at once."))
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
