"""First tables: questions and defects."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import UtcDateTime


def create() -> None:
    """Create them."""
    op.create_table(
        "support_case",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_support_case_device_id_device")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_support_case_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_case")),
    )
    for column in ("device_id", "booking_id", "opened_at", "closed_at"):
        op.create_index(op.f(f"ix_support_case_{column}"), "support_case", [column], unique=False)
    op.create_table(
        "support_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_support_entry_case_id_support_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_entry")),
    )
    op.create_index(op.f("ix_support_entry_case_id"), "support_entry", ["case_id"], unique=False)
