"""What Sphero's robots have in common, whichever version of the API they speak."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum

NAME_MOST = 24
"""Bytes of a name that are set; longer ones do not fit into an advertisement."""


class Charge(StrEnum):
    """How full the battery is."""

    OK = "ok"
    LOW = "low"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Battery:
    """State, and percent where the robot tells it."""

    charge: Charge
    percent: int | None = None


@dataclass(frozen=True)
class Model:
    """One kind of robot. `lights`: how many there are. `target`: the processor that most commands name, or None.

    `light_target`: the one for lights; `picture_target`: the one for stored pictures, None where there are none."""

    name: str
    prefix: str
    lights: int
    target: int | None = None
    light_target: int | None = None
    picture_target: int | None = None
    tells_percent: bool = False


PRIMARY, SECONDARY = 0x11, 0x12
BOLT = Model("Sphero BOLT", "SB-", 6, light_target=PRIMARY, picture_target=SECONDARY)
MINI = Model("Sphero Mini", "SM-", 7, tells_percent=True)
RVR = Model("Sphero RVR", "RV-", 31, target=PRIMARY, light_target=PRIMARY, tells_percent=True)
SPRK = Model("Sphero SPRK+", "SK-", 1)
MODELS = (BOLT, MINI, RVR, SPRK)
"""Name prefixes, lights and processors: spherov2, toy/*.py."""


def model_of(name: str) -> Model | None:
    """By the beginning of the name it left the factory with."""
    return next((model for model in MODELS if name.startswith(model.prefix)), None)


class Toy(ABC):
    """One conversation with a robot over one connection. All methods raise `DeviceTrouble`."""

    @abstractmethod
    async def wake(self) -> None:
        """Make it ready for changes; it does not move."""

    @abstractmethod
    async def firmware(self) -> str:
        """Version."""

    @abstractmethod
    async def battery(self) -> Battery:
        """How full it is."""

    @abstractmethod
    async def name(self) -> str:
        """What it is called."""

    @abstractmethod
    async def rename(self, name: str) -> None:
        """Call it so."""

    @abstractmethod
    async def pictures(self) -> int:
        """How many pictures for its matrix somebody stored; 0 for robots without a matrix."""

    @abstractmethod
    async def delete_pictures(self) -> None:
        """Delete them all."""

    @abstractmethod
    async def shine(self, red: int, green: int, blue: int) -> None:
        """All lights in one colour."""

    @abstractmethod
    async def sleep(self) -> None:
        """Motors and lights off; it may be connected again."""


def text_of(data: bytes) -> str:
    """A name that ends with a zero byte."""
    return data.split(b"\0")[0].decode("utf-8", "replace")


def bytes_of(name: str) -> bytes:
    """As much of a name as fits, with its zero byte."""
    return name.replace("\0", "").encode()[:NAME_MOST].decode("utf-8", "ignore").encode() + b"\0"
