"""The migrations and the tables in the code say the same, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from medialab_hub.storage import tables
from medialab_hub.storage.database import Database
from medialab_hub.storage.migrate import migrate

WRITTEN_BY_HAND = {"ix_allocation_blocked", "uq_allocation_one_hand", "ex_allocation_overlap"}


def test_migrated_tables_are_those_of_the_code(database: Database) -> None:
    assert tables.__all__
    with database.writer.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    left = [d for d in differences if not (isinstance(d, tuple) and getattr(d[1], "name", None) in WRITTEN_BY_HAND)]
    assert not left


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(database)
