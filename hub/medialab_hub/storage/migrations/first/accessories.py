"""First tables: accessories."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document, UtcDateTime


def create() -> None:
    """Create them."""
    op.create_table(
        "accessory",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("kit_id", sa.String(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name_de", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("(model_id IS NULL) <> (kit_id IS NULL)", name=op.f("ck_accessory_one_owner")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_accessory_quantity")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_accessory_model_id_model")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_accessory_kit_id_kit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accessory")),
    )
    op.create_index(op.f("ix_accessory_model_id"), "accessory", ["model_id"], unique=False)
    op.create_index(op.f("ix_accessory_kit_id"), "accessory", ["kit_id"], unique=False)
    op.create_table(
        "accessory_check",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("kit_id", sa.String(), nullable=True),
        sa.Column("look", sa.String(), nullable=False),
        sa.Column("missing", Document, nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.CheckConstraint("(device_id IS NULL) <> (kit_id IS NULL)", name=op.f("ck_accessory_check_one_thing")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_accessory_check_booking_id_booking")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_accessory_check_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accessory_check")),
    )
    op.create_index(op.f("ix_accessory_check_booking_id"), "accessory_check", ["booking_id"], unique=False)
    op.create_index(op.f("ix_accessory_check_device_id"), "accessory_check", ["device_id"], unique=False)
