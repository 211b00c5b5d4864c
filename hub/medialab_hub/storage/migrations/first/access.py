"""First tables: what people entered so that devices let us in."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import UtcDateTime


def create() -> None:
    """Create them."""
    op.create_table(
        "entered_access",
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("seal_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_entered_access_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("connection_id", "key", name=op.f("pk_entered_access")),
    )
