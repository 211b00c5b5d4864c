"""First tables: journal."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document, UtcDateTime


def create() -> None:
    """Create them."""
    _create_journal()
    _create_journal_head()


def _create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("data", Document, nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_kind"), "journal", ["kind"], unique=False)
    op.create_index(op.f("ix_journal_subject"), "journal", ["subject"], unique=False)


def _create_journal_head() -> None:
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_head")),
    )
    # from the beginning, so that two hubs which start on an empty database do not both make it
    op.execute("INSERT INTO journal_head (id, seq, hash) VALUES (1, 0, '')")
