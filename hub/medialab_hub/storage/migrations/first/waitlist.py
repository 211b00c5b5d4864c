"""First tables: the waitlist."""

import sqlalchemy as sa
from alembic import op

from medialab_hub.storage.columns import UtcDateTime


def create() -> None:
    """Create them."""
    _create_waitlist_entry()


def _create_waitlist_entry() -> None:
    op.create_table(
        "waitlist_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=True),
        sa.Column("offer_h", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_waitlist_entry_order")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_waitlist_entry_quantity")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_waitlist_entry_model_id_model")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_waitlist_entry_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_waitlist_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
    )
    for column in ("booking_id", "institution_id", "model_id", "person_id", "state"):
        op.create_index(op.f(f"ix_waitlist_entry_{column}"), "waitlist_entry", [column], unique=False)
