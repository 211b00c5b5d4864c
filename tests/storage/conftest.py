"""Every storage test runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from medialab_hub.storage.database import Database, open_database
from medialab_hub.storage.migrate import migrate
from tests.fixtures.hub_core import HubCore, hub_core
from tests.fixtures.postgresql import postgresql_server


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """One server for the whole run."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.sqlite'}"
        return
    server = request.getfixturevalue("postgresql_url")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS hub WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE hub"))
    admin.dispose()
    yield server.replace("/postgres?", "/hub?")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    opened = open_database(database_url)
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def core(database: Database) -> Iterator[HubCore]:
    """A running hub core."""
    with hub_core(database) as running:
        yield running
