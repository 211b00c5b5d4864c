"""Where a Bambu printer keeps print files: on its memory card.

It offers no other way to write one than under its final name, so a cut leaves half of it there; its size and content
then tell, and a repeat writes it anew. How much is free it does not tell."""

import asyncio
from collections.abc import Callable
from typing import IO, Protocol, TypeVar

from medialab_agent.drivers.bambu.ftps import Card
from medialab_agent.drivers.bambu.traces import SYSTEM
from medialab_agent.sdk.staged_files import Wanted, bad_order, no_space
from medialab_agent.sdk.steps import Say

T = TypeVar("T")


class WithCard(Protocol):
    """One connection to the card, in which some work is done in a thread."""

    async def __call__(self, work: Callable[[Card], T], /) -> T:
        """What the work returns. Raises `DeviceTrouble`."""


class CardFiles:
    """See `Place`: below the root of the card."""

    def __init__(self, with_card: WithCard) -> None:
        self._with_card = with_card

    async def holds(self, wanted: Wanted) -> bool:
        """See `Place`. A list shows sizes only: the content itself is fetched."""
        path = _path(wanted)

        def work(card: Card) -> bool:
            found = card.find(path)
            if found is None or found.is_folder or not wanted.may_have(found.size):
                return False
            return card.sha256(path) == wanted.sha256

        return await self._with_card(work)

    async def free(self) -> None:
        """See `Place`."""

    async def put(self, wanted: Wanted, file: IO[bytes], say: Say) -> None:
        """See `Place`."""
        path, size = _path(wanted), file.seek(0, 2)
        loop, sent = asyncio.get_running_loop(), 0
        file.seek(0)

        def on_sent(number: int) -> None:
            nonlocal sent
            sent += number
            loop.call_soon_threadsafe(say, 0.5 + sent / size / 2)

        def work(card: Card) -> bool:
            parts = path.split("/")[1:-1]
            for number in range(1, len(parts) + 1):
                card.make_folder("/" + "/".join(parts[:number]))
            older = card.find(path)
            is_stored = card.store(path, file, on_sent)
            if not is_stored and (half := card.find(path)) not in {None, older}:
                card.delete(half)
            return is_stored

        if not await self._with_card(work):
            raise no_space()


def _path(wanted: Wanted) -> str:
    """On the card. Raises `Refused` for the printer's own folders, also as FAT would find them: in capitals, or with
    dots and spaces at the end."""
    if wanted.path.split("/")[0].rstrip(". ").casefold() in SYSTEM - {"cache"}:
        raise bad_order("a folder of the printer itself")
    return f"/{wanted.path}"
