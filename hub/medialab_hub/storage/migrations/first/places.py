"""First tables: places."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Create them."""
    _create_location()
    _create_station()


def _create_location() -> None:
    op.create_table(
        "location",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("name", name=op.f("uq_location_name")),
    )


def _create_station() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("location_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_station_location_id_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_index(op.f("ix_station_location_id"), "station", ["location_id"], unique=False)
