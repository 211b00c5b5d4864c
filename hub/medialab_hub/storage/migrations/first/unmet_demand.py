"""First tables: refused wishes."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document, UtcDateTime


def create() -> None:
    """Create them."""
    _create_unmet_demand()


def _create_unmet_demand() -> None:
    op.create_table(
        "unmet_demand",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("institution_kind", sa.String(), nullable=False),
        sa.Column("school_form", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=False),
        sa.Column("municipality_key", sa.String(), nullable=False),
        sa.Column("areas", Document, nullable=False),
        sa.Column("institution_id", sa.String(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_unmet_demand_model_id_model")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_demand")),
    )
    for column in ("asked_at", "model_id", "starts_at"):
        op.create_index(op.f(f"ix_unmet_demand_{column}"), "unmet_demand", [column], unique=False)
