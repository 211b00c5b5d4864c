"""Parts that go along with a device or a case and have to come back."""

from dataclasses import dataclass
from enum import StrEnum

from medialab_wire.texts import Text


class Look(StrEnum):
    """When somebody looked through the parts."""

    OUT = "out"
    BACK = "back"


@dataclass(frozen=True)
class Piece:
    """A kind of part, and how many of it there have to be."""

    name: Text
    count: int = 1


def missing_of(pieces: tuple[Piece, ...], said: dict[str, int]) -> list[Piece]:
    """What is missing of these; `said` by German name, never more than there have to be."""
    found = [Piece(piece.name, min(said.get(piece.name.de, 0), piece.count)) for piece in pieces]
    return [piece for piece in found if piece.count > 0]
