"""First tables: codes on labels."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import UtcDateTime


def create() -> None:
    """Create them."""
    op.create_table(
        "label_code",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_label_code")),
    )
    op.create_index(op.f("ix_label_code_subject_id"), "label_code", ["subject_id"], unique=False)
