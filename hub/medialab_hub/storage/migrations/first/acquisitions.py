"""First tables: how devices were bought."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Create them."""
    op.create_table(
        "acquisition",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("cost_center", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("bound_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_acquisition_device_id_device")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_acquisition")),
    )
    op.create_index(op.f("ix_acquisition_programme"), "acquisition", ["programme"], unique=False)
