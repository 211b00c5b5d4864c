"""What simulated robots are like inside, whichever version of the API they speak."""

from abc import ABC, abstractmethod
from typing import Protocol

from medialab_agent.sdk.simulator import Fault


class Shell(Protocol):
    """What the inside needs of the outside."""

    faults: set[Fault]

    def send(self, data: bytes) -> None:
        """A notification."""

    def renamed(self) -> None:
        """It has another name."""

    async def hesitate(self) -> None:
        """See `BleSimulator`."""

    def dies(self) -> bool:
        """See `BleSimulator`."""

    def did(self, verb: str, subject: str = "") -> None:
        """See `BleSimulator`."""


class Inside(ABC):
    """Name, pictures, lights, motion."""

    def __init__(self, name: str, shell: Shell) -> None:
        self.name, self.shell = name, shell
        self.battery, self.pictures = 71, 0
        self.is_awake = self.is_lit = self.is_moving = False
        self.begin()

    @abstractmethod
    def begin(self) -> None:
        """Somebody connected."""

    @abstractmethod
    async def receive(self, data: bytes) -> None:
        """What was written."""

    def sleep(self) -> None:
        """Motors and lights off."""
        if self.is_moving or self.is_lit:
            self.shell.did("sleep")
        self.is_awake = self.is_lit = self.is_moving = False

    def rename(self, name: str) -> None:
        """Another name."""
        self.name = name
        self.shell.did("rename")
        self.shell.renamed()

    def shine(self, is_lit: bool) -> None:
        """Lights on or off."""
        if self.is_lit != is_lit:
            self.shell.did("light", "on" if is_lit else "off")
        self.is_lit = is_lit

    def delete_pictures(self, failed: int) -> int:
        """All but a stubborn one."""
        if Fault.REFUSE in self.shell.faults:
            return failed
        self.pictures = int(Fault.RESIDUE in self.shell.faults)
        self.shell.did("delete")
        return 0
