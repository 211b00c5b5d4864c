"""Which board it is. Vendor and product id are the same for all of them; only several signs together decide; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from medialab_agent.sdk.microbit.inspector import Chip, Room
from medialab_wire.texts import Text

KB = 1024


@dataclass(frozen=True)
class Board:
    """One kind of board. `id` is its device class; `has_log`: its interface chip keeps a data log over flashing."""

    id: str
    name: str
    room: Room
    has_log: bool


class Doubt(StrEnum):
    """Why no board was named."""

    MAINTENANCE = "maintenance"
    """The interface chip is in maintenance; nothing may be written."""
    UNCLEAR = "unclear"
    """The signs are missing or speak against each other; a person has to look."""
    STRANGER = "stranger"
    """A DAPLink, but none of these boards."""


_NRF51 = Room(Chip.NRF51, 256 * KB, 16 * KB, (0x9901, 0x9900))
_NRF52 = Room(Chip.NRF52, 512 * KB, 128 * KB, (0x9904, 0x9905, 0x9906, 0x9903))
MICROBIT_V1 = Board("bbc-microbit-v1", "BBC micro:bit V1", _NRF51, has_log=False)
MICROBIT_V2 = Board("bbc-microbit-v2", "BBC micro:bit V2", _NRF52, has_log=True)
CALLIOPE_1 = Board("calliope-mini-1", "Calliope mini 1", _NRF51, has_log=False)
CALLIOPE_3 = Board("calliope-mini-3", "Calliope mini 3", _NRF52, has_log=True)
BOARDS = {board.id: board for board in (MICROBIT_V1, MICROBIT_V2, CALLIOPE_1, CALLIOPE_3)}

_OLD, _NEW = frozenset({"9900", "9901"}), frozenset({"9903", "9904", "9905", "9906"})
"""First four digits of the serial number (DAPLink: source/board/microbit.c, microbitv2/*/board_id.c)."""
_MAINTENANCE = frozenset({"MAINTENANCE", "RPI-RP2", "BOOTLOADER"})

WHICH = Text(
    de="Es ist nicht sicher, welche Platine das ist. Bitte nachsehen, was auf ihr steht (micro:bit oder Calliope "
    "mini), und sie nur mit ihrem eigenen Kabel anschließen.",
    en="It is not certain which board this is. Please look what is printed on it (micro:bit or Calliope mini) and "
    "connect it with its own cable only.",
)
IN_MAINTENANCE = Text(
    de="Die Platine ist im Wartungsmodus. Kabel abziehen und ohne gedrückte Reset-Taste wieder anstecken. "
    "Keine Datei auf das Laufwerk ziehen.",
    en="The board is in maintenance mode. Unplug the cable and plug it in again without holding the reset button. "
    "Do not drag any file onto the drive.",
)
STRANGER = Text(
    de="Diese Platine kennt der Treiber nicht; an ihr wird nichts verändert.",
    en="This driver does not know this board; nothing on it is changed.",
)
HELP: Mapping[Doubt, Text] = {
    Doubt.UNCLEAR: WHICH,
    Doubt.MAINTENANCE: IN_MAINTENANCE,
    Doubt.STRANGER: STRANGER,
}


def which(serial: str, product: str, labels: tuple[str, ...]) -> Board | Doubt:
    """By serial number, product name and labels of the drives, all as USB shows them.

    A Calliope mini 1 may carry the micro:bit's 9900 (forum.calliope.cc/t/3066): label or product have to say so."""
    if _MAINTENANCE & set(labels):
        return Doubt.MAINTENANCE
    prefix, product = serial[:4].lower(), product.lower()
    families = {family for family in (_by_label(labels), _by_product(product)) if family}
    if len(families) > 1:
        return Doubt.UNCLEAR
    family = families.pop() if families else ""
    if prefix == "12a0":  # Calliope mini 1 before its interface firmware was changed (pyOCD: board_ids.py)
        return CALLIOPE_1 if family in ("", "calliope") else Doubt.UNCLEAR
    if prefix not in _OLD | _NEW:
        return _without_prefix(family, product)
    if not family:
        return Doubt.UNCLEAR
    is_new = prefix in _NEW
    if family == "calliope":
        return _calliope(product, is_new=is_new)
    return MICROBIT_V2 if is_new else MICROBIT_V1


def _calliope(product: str, *, is_new: bool) -> Board | Doubt:
    """A Calliope mini 3 says so in its product name; the micro:bit's number alone does not make a board one."""
    is_v3 = "calliope mini v3" in product
    if is_v3 is not is_new:
        return Doubt.UNCLEAR
    return CALLIOPE_3 if is_v3 else CALLIOPE_1


def _by_label(labels: tuple[str, ...]) -> str:
    named = {"MICROBIT": "microbit", "MINI": "calliope"}
    found = {named[label] for label in labels if label in named}
    return found.pop() if len(found) == 1 else ""


def _by_product(product: str) -> str:
    """`DAPLink CMSIS-DAP` says nothing: it stands on boards of both families."""
    if "calliope" in product:
        return "calliope"
    return "microbit" if "micro:bit" in product else ""


def _without_prefix(family: str, product: str) -> Board | Doubt:
    if family == "calliope" and "calliope mini v3" in product:
        return CALLIOPE_3
    return Doubt.UNCLEAR if family else Doubt.STRANGER
