"""Where the files of one hub lie; nothing else spells a file name of the data folder."""

import os
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
"""The built dashboard; empty until it was built."""


@dataclass(frozen=True)
class DataFolder:
    """The data folder of one hub. Readable by its owner only."""

    root: Path

    def make(self) -> None:
        """Create the folder and those below it, for the owner only."""
        for folder in (self.root, self.broker, self.backups):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def database(self) -> Path:
        """The SQLite database."""
        return self.root / "hub.sqlite3"

    @property
    def admin_socket(self) -> Path:
        """Socket by which the command line speaks to the running hub."""
        return self.root / "admin.sock"

    @property
    def broker(self) -> Path:
        """Generated configuration and passwords of the hub's own broker."""
        return self.root / "broker"

    @property
    def backups(self) -> Path:
        """Copies of the database."""
        return self.root / "backups"

    def agent(self, name: str) -> Path:
        """Data folder of an agent that the hub starts."""
        return self.root / "agents" / name


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read (mode 0600), whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
