"""First tables: allocations."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import UtcDateTime


def create() -> None:
    """Create them."""
    _create_allocation()


def _create_allocation() -> None:
    op.create_table(
        "allocation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("blocked_from", UtcDateTime(), nullable=False),
        sa.Column("blocked_to", UtcDateTime(), nullable=True),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("line_id", sa.String(), nullable=True),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("erase_from", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ends_at IS NULL) = (blocked_to IS NULL) AND (ends_at IS NULL OR ends_at <= blocked_to)",
            name=op.f("ck_allocation_turnaround"),
        ),
        sa.CheckConstraint("blocked_from <= starts_at", name=op.f("ck_allocation_preparation")),
        sa.CheckConstraint("ends_at IS NULL OR starts_at < ends_at", name=op.f("ck_allocation_order")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_allocation_device_id_device")),
        sa.ForeignKeyConstraint(["parent_id"], ["allocation.id"], name=op.f("fk_allocation_parent_id_allocation")),
        sa.ForeignKeyConstraint(["line_id"], ["booking_line.id"], name=op.f("fk_allocation_line_id_booking_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation_device_status", "allocation", ["device_id", "status"], unique=False)
    op.create_index("ix_allocation_kind_status", "allocation", ["kind", "status"], unique=False)
    op.create_index(op.f("ix_allocation_line_id"), "allocation", ["line_id"], unique=False)
    _create_index("ix_allocation_broken", ["device_id", "ends_at"], "status = 'broken'")
    in_other_hands = "kind IN ('loan', 'workshop') AND status IN ('held', 'confirmed', 'out', 'done')"
    _create_index("ix_allocation_use", ["device_id", "starts_at", "ends_at"], in_other_hands)


def _create_index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "allocation", columns, unique=False, sqlite_where=where, postgresql_where=where)
