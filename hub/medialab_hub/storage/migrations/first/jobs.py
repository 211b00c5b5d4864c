"""First tables: jobs."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document, UtcDateTime


def create() -> None:
    """Create them."""
    _create_batch()
    _create_job()
    _index_job()
    _create_job_answer()


def _create_batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("left_out", Document, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("dev", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("params", Document, nullable=False),
        sa.Column("baseline_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("is_tidying", sa.Boolean(), nullable=False),
        sa.Column("cancel_wanted", sa.Boolean(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("agent_done", sa.Boolean(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("older_because", sa.String(), nullable=False),
        sa.Column("accepted_by", sa.String(), nullable=False),
        sa.Column("accepted_reason", sa.String(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("queued_until", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("deadline_s", sa.Float(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("steps", Document, nullable=False),
        sa.Column("checks", Document, nullable=False),
        sa.Column("trouble", Document, nullable=True),
        sa.Column("record_hash", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_job_batch_id_batch")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_job_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )


def _index_job() -> None:
    op.create_index(op.f("ix_job_agent_id"), "job", ["agent_id"], unique=False)
    op.create_index(op.f("ix_job_batch_id"), "job", ["batch_id"], unique=False)
    op.create_index(op.f("ix_job_device_id"), "job", ["device_id"], unique=False)
    op.create_index("ix_job_status_created", "job", ["status", "created_at"], unique=False)
    op.create_index(
        "uq_job_open_device",
        "job",
        ["device_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('queued', 'in_progress', 'waiting_person')"),
        postgresql_where=sa.text("status IN ('queued', 'in_progress', 'waiting_person')"),
    )


def _create_job_answer() -> None:
    op.create_table(
        "job_answer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_answer_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_answer")),
    )
    op.create_index(op.f("ix_job_answer_job_id"), "job_answer", ["job_id"], unique=False)
