"""Small secrets of devices, such as pairing keys: in the agent's database (mode 0600), nowhere else."""

import sqlite3

from medialab_agent.runtime.database import Database


class DeviceMemory:
    """The memory of one device; `put` returns when the value is on disk."""

    def __init__(self, database: Database, device: str, known: dict[str, str]) -> None:
        self._database, self._device, self._known = database, device, known

    def get(self, name: str) -> str | None:
        """The stored value, or None."""
        return self._known.get(name)

    def put(self, name: str, value: str | None) -> None:
        """Store durably, or forget with None; what is stored already costs nothing."""
        if self._known.get(name) == value:
            return
        if value is None:
            self._known.pop(name, None)
        else:
            self._known[name] = value
        self._database.submit(lambda connection: _put(connection, self._device, name, value)).result()


class Memories:
    """All devices' memories, read once at the start."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, dict[str, str]] = {}
        for device, name, value in database.submit(_all).result():
            self._known.setdefault(device, {})[name] = value

    def of(self, device: str) -> DeviceMemory:
        """The memory of one device."""
        return DeviceMemory(self._database, device, self._known.setdefault(device, {}))


def _all(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    return connection.execute("SELECT device, name, value FROM secrets").fetchall()


def _put(connection: sqlite3.Connection, device: str, name: str, value: str | None) -> None:
    if value is None:
        connection.execute("DELETE FROM secrets WHERE device = ? AND name = ?", (device, name))
    else:
        connection.execute("INSERT OR REPLACE INTO secrets VALUES (?, ?, ?)", (device, name, value))
