"""Which boards there are, from `boards.toml`, and which of them a sighting may be."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from medialab_wire.base import WireId
from medialab_wire.sightings import Sighting


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Way(_Strict):
    """One boot program a board may carry. `application`: bytes of flash in front of it."""

    protocol: Literal["stk500v1", "stk500v2"]
    programmer: Literal["arduino", "wiring"]
    baud: int
    application: int


class OwnUsb(_Strict):
    """How a board whose chip speaks USB itself is emptied: its program and its boot program show different ids.

    `boot`: ids of the boot program. `chip`: what it must say of its chip, in hex digits; empty where it says nothing.
    The application lies from `start` up to `end`, in bytes; `eeprom` bytes lie beside it."""

    family: Literal["avr109", "samba", "dfu"]
    boot: tuple[str, ...]
    chip: str = ""
    start: int
    end: int
    eeprom: int = 0


class Board(_Strict):
    """One kind of board. Without `ways` and `own_usb` it is recognised only; `tool` is what would write it."""

    id: WireId
    name: str
    usb: tuple[str, ...]
    chip: str
    part: str = ""
    signature: str = ""
    flash: int = 0
    is_also_behind_cables: bool = False
    ways: tuple[Way, ...] = ()
    own_usb: OwnUsb | None = None
    tool: str = ""


class _Boards(_Strict):
    boards: tuple[Board, ...]


@cache
def boards() -> tuple[Board, ...]:
    """All of them."""
    content = Path(__file__).with_name("boards.toml").read_text(encoding="utf-8")
    return _Boards.model_validate(tomllib.loads(content)).boards


def usb_id(sighting: Sighting) -> str:
    """`vid:pid`, lower case."""
    return f"{sighting.facts.get('vid', '')}:{sighting.facts.get('pid', '')}".lower()


def possible(sighting: Sighting) -> tuple[Board, ...]:
    """The board whose own id this is; else, for the chip of a cable, every board that may be behind it."""
    known = tuple(board for board in boards() if usb_id(sighting) in board.usb)
    return known or tuple(board for board in boards() if not board.usb or board.is_also_behind_cables)


def with_own_usb(sighting: Sighting) -> Board | None:
    """The board, when its chip speaks USB itself and can be emptied."""
    return next((one for one in boards() if one.own_usb is not None and usb_id(sighting) in one.usb), None)


def is_cable(sighting: Sighting) -> bool:
    """True when the id is that of a serial chip, which says nothing about the board behind it."""
    return not any(usb_id(sighting) in board.usb for board in boards())
