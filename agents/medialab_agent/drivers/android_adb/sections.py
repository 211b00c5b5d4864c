"""Many commands in one round trip: each section is fenced by a nonce, so that no output can pose as another's."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """What one command printed, and its exit code."""

    text: str
    code: int

    @property
    def lines(self) -> list[str]:
        """Its lines without carriage returns."""
        return [line.rstrip("\r") for line in self.text.split("\n")]


@dataclass(frozen=True)
class Bundle:
    """Commands by section name, and the nonce that fences them."""

    commands: Mapping[str, str]
    nonce: str

    @classmethod
    def of(cls, commands: Mapping[str, str]) -> "Bundle":
        """With a nonce nobody can guess."""
        return cls(commands, secrets.token_hex(8))

    @property
    def script(self) -> str:
        """The shell script that runs them all; a failing one does not stop the others."""
        return "\n".join(
            f"echo ={self.nonce}:{name}\n{command} 2>&1\necho ={self.nonce}:rc:$?"
            for name, command in self.commands.items()
        )

    def cut(self, output: str) -> dict[str, Section]:
        """The sections found in the output. One that was not closed is not in the result."""
        fence = re.escape(f"={self.nonce}:")
        pattern = re.compile(rf"{fence}([\w.-]+)\r?\n(.*?){fence}rc:(\d+)", re.DOTALL)
        return {name: Section(text, int(code)) for name, text, code in pattern.findall(output) if name in self.commands}
