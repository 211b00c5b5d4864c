"""First tables: damage and loss."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import UtcDateTime


def create() -> None:
    """Create them."""
    op.create_table(
        "damage_case",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("allocation_id", sa.String(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_damage_case_device_id_device")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_damage_case_booking_id_booking")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_damage_case_allocation_id_allocation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_case")),
    )
    for column in ("device_id", "booking_id", "opened_at", "closed_at"):
        op.create_index(op.f(f"ix_damage_case_{column}"), "damage_case", [column], unique=False)
    op.create_table(
        "damage_photo",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["damage_case.id"], name=op.f("fk_damage_photo_case_id_damage_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_photo")),
    )
    op.create_index(op.f("ix_damage_photo_case_id"), "damage_photo", ["case_id"], unique=False)
