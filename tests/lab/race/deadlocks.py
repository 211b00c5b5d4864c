"""Somebody else at the same PostgreSQL who takes locks the other way round, so that the server ends one of both."""

import random
import threading
import time

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

HELD_S, FOUND_MS = 0.05, 100
"""A hub looks for a deadlock after it has waited longer than devices are held alone: it finds one, and is ended."""


class Troublemaker:
    """Holds all devices, waits a little, then wants the end of the journal, which a hub holds that wants a device."""

    def __init__(self, url: str, pause_s: float) -> None:
        """`pause_s`: mean seconds between two; all hubs wait meanwhile."""
        self._engine, self._chance, self._pause_s = create_engine(url), random.Random(7), pause_s
        with self._engine.connect() as connection:
            name = connection.execute(text("SELECT current_database()")).scalar()
            connection.execute(text(f"ALTER DATABASE {name} SET deadlock_timeout = '{FOUND_MS}ms'"))
            connection.commit()
        self._over = threading.Event()
        self._own = 0
        self._thread = threading.Thread(target=self._work, name="troublemaker")

    def __enter__(self) -> "Troublemaker":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()
        self._engine.dispose()

    def suffered(self) -> int:
        """Deadlocks of which a hub was the one to be ended, by the server's own count."""
        time.sleep(1.5)  # the server tells its counts about once a second
        query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one()) - self._own

    def _work(self) -> None:
        while not self._over.wait(2 * self._pause_s * self._chance.random()):
            try:
                with self._engine.begin() as connection:
                    connection.execute(text("SET LOCAL deadlock_timeout = '60s'"))
                    connection.execute(text("SELECT 1 FROM device FOR UPDATE"))
                    time.sleep(HELD_S)
                    connection.execute(text("SELECT 1 FROM journal_head FOR UPDATE"))
            except OperationalError:
                self._own += 1
