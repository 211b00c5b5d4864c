"""First tables: issues."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document, UtcDateTime


def create() -> None:
    """Create them."""
    _create_issue()


def _create_issue() -> None:
    op.create_table(
        "issue",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("title", Document, nullable=False),
        sa.Column("detail", Document, nullable=True),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("suggestions", Document, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
    )
    op.create_index(op.f("ix_issue_check_id"), "issue", ["check_id"], unique=False)
    op.create_index(op.f("ix_issue_device_id"), "issue", ["device_id"], unique=False)
    op.create_index(op.f("ix_issue_subject"), "issue", ["subject"], unique=False)
