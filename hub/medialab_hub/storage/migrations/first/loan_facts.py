"""First tables: facts about loans."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document, UtcDateTime


def create() -> None:
    """Create them."""
    _create_loan_fact()


def _create_loan_fact() -> None:
    op.create_table(
        "loan_fact",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("allocation_id", sa.String(), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("class_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("institution_kind", sa.String(), nullable=False),
        sa.Column("school_form", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=False),
        sa.Column("municipality_key", sa.String(), nullable=False),
        sa.Column("areas", Document, nullable=False),
        sa.Column("group_size", sa.Integer(), nullable=True),
        sa.Column("lent_at", UtcDateTime(), nullable=False),
        sa.Column("returned_at", UtcDateTime(), nullable=False),
        sa.Column("is_on_time", sa.Boolean(), nullable=False),
        sa.Column("was_unverified", sa.Boolean(), nullable=False),
        sa.Column("reset_min", sa.Integer(), nullable=True),
        *_references(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_fact")),
        sa.UniqueConstraint("allocation_id", name=op.f("uq_loan_fact_allocation_id")),
    )
    for column in ("booking_id", "device_id", "returned_at"):
        op.create_index(op.f(f"ix_loan_fact_{column}"), "loan_fact", [column], unique=False)


def _references() -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_loan_fact_{table}_id_{table}"))
        for table in ("allocation", "booking", "device", "model")
    ]
