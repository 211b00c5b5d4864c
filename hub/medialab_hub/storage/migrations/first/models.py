"""First tables: models."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document


def create() -> None:
    """Create them."""
    _create_model()


def _create_model() -> None:
    op.create_table(
        "model",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("class_id", sa.String(), nullable=True),
        sa.Column("is_lendable", sa.Boolean(), nullable=False),
        sa.Column("prep_min", sa.Integer(), nullable=False),
        sa.Column("turnaround_min", sa.Integer(), nullable=False),
        sa.Column("max_loan_days", sa.Integer(), nullable=True),
        sa.Column("notice_h", sa.Integer(), nullable=False),
        sa.Column("test_months", sa.Integer(), nullable=True),
        sa.Column("grace_min", sa.Integer(), nullable=False),
        sa.Column("replacement_cents", sa.Integer(), nullable=True),
        sa.Column("needs_training", sa.Boolean(), nullable=False),
        sa.Column("lends_to", Document, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model")),
        sa.UniqueConstraint("name", name=op.f("uq_model_name")),
        sa.UniqueConstraint("class_id", name=op.f("uq_model_class_id")),
    )
