"""First tables: photos."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import UtcDateTime


def create() -> None:
    """Create them."""
    op.create_table(
        "photo",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("answer_id", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["job_answer.id"], name=op.f("fk_photo_answer_id_job_answer")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_photo_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    for column in ("job_id", "answer_id", "kept_at", "erased_at"):
        op.create_index(op.f(f"ix_photo_{column}"), "photo", [column], unique=False)
    op.create_table(
        "photo_bytes",
        sa.Column("photo_id", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_bytes_photo_id_photo")),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo_bytes")),
    )
