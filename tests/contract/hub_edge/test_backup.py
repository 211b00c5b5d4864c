"""Backups: whole, few, before migrations; a damaged copy is never kept."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from medialab_hub import bootstrap
from medialab_hub.adapters.backup import Backups
from medialab_hub.clock import SystemClock
from medialab_hub.paths import DataFolder
from medialab_hub.storage import copies
from medialab_hub.storage.database import Database, open_database
from medialab_hub.storage.migrate import migrate


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    found = DataFolder(tmp_path / "data")
    found.make()
    return found


@pytest.fixture
def database(folder: DataFolder) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{folder.database}")
    migrate(opened)
    yield opened
    opened.close()


def test_the_newest_are_kept(database: Database, folder: DataFolder) -> None:
    backups = Backups(database, folder.backups, SystemClock(), kept=3)
    made = [backups.make() for _ in range(5)]
    assert backups.newest_first() == list(reversed(made))[:3]
    assert all(copies.check_copy(file) == "ok" for file in backups.newest_first())


def test_a_copy_holds_what_was_committed(database: Database, folder: DataFolder) -> None:
    with database.writer.begin() as connection:
        connection.exec_driver_sql("INSERT INTO setting VALUES ('centre', 'Medienzentrum')")
    copy = Backups(database, folder.backups, SystemClock(), kept=1).make()
    restored = open_database(f"sqlite:///{copy}")
    with restored.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT value FROM setting").scalar() == "Medienzentrum"
    restored.close()


def test_a_damaged_copy_is_noticed(database: Database, folder: DataFolder) -> None:
    copy = Backups(database, folder.backups, SystemClock(), kept=1).make()
    content = bytearray(copy.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    copy.write_bytes(content)
    assert copies.check_copy(copy) != "ok"


def test_there_is_a_copy_before_a_migration_and_none_without(database: Database, folder: DataFolder) -> None:
    bootstrap.bring_up_to_date(database, folder)
    assert list(folder.backups.iterdir()) == []
    with database.writer.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0000')")
    with pytest.raises(Exception, match="0000"):
        bootstrap.bring_up_to_date(database, folder)
    (copy,) = folder.backups.iterdir()
    assert copies.schema_revision(copy) == "0000"


def test_the_newest_revision_is_the_one_a_fresh_database_gets(database: Database, folder: DataFolder) -> None:
    assert copies.schema_revision(folder.database) == copies.newest_revision()


def test_no_database_has_no_revision(tmp_path: Path) -> None:
    assert copies.schema_revision(tmp_path / "nothing") is None
    sqlite3.connect(tmp_path / "empty").close()
    assert copies.schema_revision(tmp_path / "empty") is None
