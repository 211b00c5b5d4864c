"""First tables: opening hours and closures."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document


def create() -> None:
    """Create them."""
    _create_opening()
    _create_closure()


def _create_opening() -> None:
    op.create_table(
        "opening",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hours", Document, nullable=False),
        sa.Column("closes_in_school_holidays", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )


def _create_closure() -> None:
    op.create_table(
        "closure",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("opening_id", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["opening_id"], ["opening.id"], name=op.f("fk_closure_opening_id_opening")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index(op.f("ix_closure_opening_id"), "closure", ["opening_id"], unique=False)
