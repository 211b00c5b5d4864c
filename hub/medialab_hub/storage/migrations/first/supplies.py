"""First tables: what is used up."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import UtcDateTime


def create() -> None:
    """Create them."""
    op.create_table(
        "supply",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply")),
        sa.UniqueConstraint("name", name=op.f("uq_supply_name")),
    )
    op.create_table(
        "supply_move",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("supply_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["supply_id"], ["supply.id"], name=op.f("fk_supply_move_supply_id_supply")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_supply_move_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_move")),
        sa.UniqueConstraint("supply_id", "client_key", name=op.f("uq_supply_move_supply_id_client_key")),
    )
    op.create_index(op.f("ix_supply_move_supply_id"), "supply_move", ["supply_id"], unique=False)
    op.create_index(op.f("ix_supply_move_booking_id"), "supply_move", ["booking_id"], unique=False)
