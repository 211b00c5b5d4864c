"""Every storage test runs on SQLite and on a real PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from medialab_hub.storage.database import Database, open_database
from medialab_hub.storage.migrate import migrate
from tests.fixtures.hub_core import HubCore, hub_core
from tests.fixtures.postgresql import create_on, postgresql_server


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """One server for the whole run."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def file_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where every SQLite database lies, one after the other."""
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'hub.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Where the database of each engine is to lie."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("file_url")
        for ending in ("", "-wal", "-shm"):
            Path(f"{make_url(url).database}{ending}").unlink(missing_ok=True)
        return url
    return str(request.getfixturevalue("postgresql_url")).replace("/postgres?", "/hub?")


@pytest.fixture(scope="session")
def opened() -> Iterator[dict[str, Database]]:
    """By URL: each is opened once, for to prepare every statement anew takes longer than most tests."""
    found: dict[str, Database] = {}
    yield found
    for database in found.values():
        database.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "hub.sqlite"
    migrate_and_close(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgresql_url: str) -> str:
    """A migrated PostgreSQL database to copy."""
    migrate_and_close(create_on(postgresql_url, "migrated"))
    return "migrated"


@pytest.fixture
def database(database_url: str, opened: dict[str, Database], request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated database."""
    if database_url.startswith("sqlite"):
        shutil.copy(request.getfixturevalue("migrated_file"), make_url(database_url).database or "")
    else:
        create_on(request.getfixturevalue("postgresql_url"), "hub", request.getfixturevalue("migrated_template"))
    if database_url not in opened:
        opened[database_url] = open_database(database_url)
    yield opened[database_url]
    opened[database_url].writer.dispose()
    opened[database_url].reader.dispose()


def migrate_and_close(url: str) -> None:
    opened = open_database(url)
    migrate(opened)
    opened.close()


@pytest.fixture
def core(database: Database) -> Iterator[HubCore]:
    """A running hub core."""
    with hub_core(database) as running:
        yield running


@pytest.fixture
def twin(migrated_file: Path, tmp_path: Path) -> Iterator[HubCore]:
    """A second hub core, to compare with."""
    path = tmp_path / "twin.sqlite"
    shutil.copy(migrated_file, path)
    opened = open_database(f"sqlite:///{path}")
    with hub_core(opened) as running:
        yield running
    opened.close()
