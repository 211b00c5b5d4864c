"""First tables: agents."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document, UtcDateTime


def create() -> None:
    """Create them."""
    _create_agent()
    _create_announced_driver()
    _create_manual_address()


def _create_agent() -> None:
    op.create_table(
        "agent",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("birth", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("seal_key", sa.String(), nullable=False),
        sa.Column("inventory_version", sa.String(), nullable=True),
        sa.Column("buses", Document, nullable=False),
        sa.Column("drivers", Document, nullable=False),
        sa.Column("config_version", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
    )


def _create_announced_driver() -> None:
    op.create_table(
        "announced_driver",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("manifest", Document, nullable=False),
        sa.Column("announced_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_driver")),
    )


def _create_manual_address() -> None:
    op.create_table(
        "manual_address",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_manual_address")),
    )
