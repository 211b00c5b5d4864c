"""First tables: devices."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import Document, UtcDateTime


def create() -> None:
    """Create them."""
    _create_device()
    _create_connection()
    _create_device_identity()
    _create_identity_clash()
    _create_baseline()


def _create_device() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("driver", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("chosen_class", sa.String(), nullable=True),
        sa.Column("asset_tag", sa.String(), nullable=True),
        sa.Column("location_id", sa.String(), nullable=True),
        sa.Column("station_id", sa.String(), nullable=True),
        sa.Column("kit_id", sa.String(), nullable=True),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("adopted_at", UtcDateTime(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("retire_reason", sa.String(), nullable=False),
        sa.Column("retired_by", sa.String(), nullable=False),
        sa.Column("proven_at", UtcDateTime(), nullable=True),
        sa.Column("proven_job", sa.String(), nullable=True),
        sa.Column("proven_outcome", sa.String(), nullable=True),
        sa.Column("proven_accepted", sa.Boolean(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("baseline_id", sa.String(), nullable=True),
        sa.Column("kept_traces", Document, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_device_location_id_location")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_device_station_id_station")),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_device_kit_id_kit")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_device_model_id_model")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("asset_tag", name=op.f("uq_device_asset_tag")),
    )
    op.create_index(op.f("ix_device_location_id"), "device", ["location_id"], unique=False)
    op.create_index(op.f("ix_device_station_id"), "device", ["station_id"], unique=False)
    op.create_index(op.f("ix_device_kit_id"), "device", ["kit_id"], unique=False)
    op.create_index(op.f("ix_device_model_id"), "device", ["model_id"], unique=False)


def _create_connection() -> None:
    op.create_table(
        "connection",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("dev", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("driver", sa.String(), nullable=True),
        sa.Column("chosen_driver", sa.String(), nullable=True),
        sa.Column("presence", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("help", Document, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sources", Document, nullable=False),
        sa.Column("said_hash", sa.String(), nullable=False),
        sa.Column("candidates", Document, nullable=False),
        sa.Column("facts", Document, nullable=False),
        sa.Column("volatile", Document, nullable=False),
        sa.Column("traces", Document, nullable=False),
        sa.Column("birth", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("is_turned", sa.Boolean(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=True),
        sa.Column("absent_since", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_connection_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
        sa.UniqueConstraint("agent_id", "dev", name=op.f("uq_connection_agent_id_dev")),
    )
    op.create_index(op.f("ix_connection_agent_id"), "connection", ["agent_id"], unique=False)
    op.create_index(op.f("ix_connection_device_id"), "connection", ["device_id"], unique=False)


def _create_device_identity() -> None:
    op.create_table(
        "device_identity",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_device_identity_connection_id_connection")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_identity_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_identity")),
    )
    op.create_index(op.f("ix_device_identity_connection_id"), "device_identity", ["connection_id"], unique=False)
    op.create_index(op.f("ix_device_identity_device_id"), "device_identity", ["device_id"], unique=False)
    op.create_index("ix_device_identity_lookup", "device_identity", ["kind", "scope", "value"], unique=False)


def _create_identity_clash() -> None:
    op.create_table(
        "identity_clash",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_identity_clash_device_id_device")),
        sa.ForeignKeyConstraint(["other_id"], ["device.id"], name=op.f("fk_identity_clash_other_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_clash")),
        sa.UniqueConstraint("device_id", "other_id", name=op.f("uq_identity_clash_device_id_other_id")),
    )
    op.create_index(op.f("ix_identity_clash_device_id"), "identity_clash", ["device_id"], unique=False)
    op.create_index(op.f("ix_identity_clash_other_id"), "identity_clash", ["other_id"], unique=False)


def _create_baseline() -> None:
    op.create_table(
        "baseline",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("driver", sa.String(), nullable=False),
        sa.Column("snapshot", Document, nullable=False),
        sa.Column("traces", Document, nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_baseline_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
    )
    op.create_index(op.f("ix_baseline_device_id"), "baseline", ["device_id"], unique=False)
