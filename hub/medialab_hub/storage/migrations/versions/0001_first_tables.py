"""The first tables."""

from alembic import op
from sqlmodel import SQLModel

from medialab_hub.storage.migrations import overlap

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    bind = op.get_bind()
    SQLModel.metadata.create_all(bind)
    for statement in overlap.POSTGRESQL if bind.dialect.name == "postgresql" else overlap.SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    SQLModel.metadata.drop_all(op.get_bind())
