"""First tables: scan sessions."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document, UtcDateTime


def create() -> None:
    """Create them."""
    _create_session()
    _create_event()
    _create_move()


def _create_session() -> None:
    op.create_table(
        "scan_session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("dropped_at", UtcDateTime(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_scan_session_institution_id_institution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_session")),
        sa.UniqueConstraint("client_key", name=op.f("uq_scan_session_client_key")),
    )
    op.create_index(op.f("ix_scan_session_institution_id"), "scan_session", ["institution_id"], unique=False)
    op.create_index(op.f("ix_scan_session_opened_at"), "scan_session", ["opened_at"], unique=False)


def _create_event() -> None:
    op.create_table(
        "scan_event",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("is_fact", sa.Boolean(), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=True),
        sa.Column("devices", Document, nullable=False),
        sa.Column("seen", Document, nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["scan_session.id"], name=op.f("fk_scan_event_session_id_scan_session")
        ),
        sa.PrimaryKeyConstraint("session_id", "event_id", name=op.f("pk_scan_event")),
    )
    op.create_index(op.f("ix_scan_event_subject_id"), "scan_event", ["subject_id"], unique=False)


def _create_move() -> None:
    op.create_table(
        "scan_move",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("kit_id", sa.String(), nullable=True),
        sa.Column("found", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("was_out", sa.Boolean(), nullable=False),
        sa.Column("allocation_id", sa.String(), nullable=True),
        sa.Column("proof_id", sa.String(), nullable=True),
        sa.Column("problem", Document, nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_scan_move_device_id_device")),
        sa.ForeignKeyConstraint(["session_id"], ["scan_session.id"], name=op.f("fk_scan_move_session_id_scan_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_move")),
    )
    op.create_index(op.f("ix_scan_move_device_id"), "scan_move", ["device_id"], unique=False)
    op.create_index(op.f("ix_scan_move_session_id"), "scan_move", ["session_id"], unique=False)
