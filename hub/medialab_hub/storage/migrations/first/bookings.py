"""First tables: bookings."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import UtcDateTime
from medialab_hub.storage.tables.bookings import ONE_THING


def create() -> None:
    """Create them."""
    _create_booking()
    _create_booking_line()


def _create_booking() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("group_size", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=True),
        sa.Column("series_id", sa.String(), nullable=True),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("receiver_id", sa.String(), nullable=True),
        sa.Column("transport_min", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("packed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_booking_order")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_booking_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_booking_person_id_person")),
        sa.ForeignKeyConstraint(["receiver_id"], ["person.id"], name=op.f("fk_booking_receiver_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("client_key", name=op.f("uq_booking_client_key")),
    )
    op.create_index(op.f("ix_booking_ends_at"), "booking", ["ends_at"], unique=False)
    op.create_index(op.f("ix_booking_held_until"), "booking", ["held_until"], unique=False)
    op.create_index(op.f("ix_booking_institution_id"), "booking", ["institution_id"], unique=False)
    op.create_index(op.f("ix_booking_person_id"), "booking", ["person_id"], unique=False)
    op.create_index(op.f("ix_booking_receiver_id"), "booking", ["receiver_id"], unique=False)
    op.create_index(op.f("ix_booking_series_id"), "booking", ["series_id"], unique=False)
    op.create_index(op.f("ix_booking_starts_at"), "booking", ["starts_at"], unique=False)


def _create_booking_line() -> None:
    op.create_table(
        "booking_line",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("kit_id", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint(ONE_THING, name=op.f("ck_booking_line_one_thing")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_booking_line_quantity")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_booking_line_booking_id_booking")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_booking_line_model_id_model")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_booking_line_kit_id_kit")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_booking_line_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_line")),
    )
    op.create_index(op.f("ix_booking_line_booking_id"), "booking_line", ["booking_id"], unique=False)
    op.create_index(op.f("ix_booking_line_device_id"), "booking_line", ["device_id"], unique=False)
    op.create_index(op.f("ix_booking_line_kit_id"), "booking_line", ["kit_id"], unique=False)
    op.create_index(op.f("ix_booking_line_model_id"), "booking_line", ["model_id"], unique=False)
