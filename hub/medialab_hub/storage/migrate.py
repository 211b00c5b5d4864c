"""Brings a database to the present schema."""

from pathlib import Path

from medialab_hub.storage.database import Database


def migrate(database: Database) -> None:
    """Run all migrations that are missing; each in one transaction, so that a kill leaves the old schema or the new."""
    from alembic import command  # imported here because it costs more than a second
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
