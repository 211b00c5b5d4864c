"""First tables: trainings."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Create them."""
    _create_training()


def _create_training() -> None:
    op.create_table(
        "training",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=True),
        sa.Column("class_id", sa.String(), nullable=True),
        sa.Column("proven_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.CheckConstraint("(model_id IS NULL) <> (class_id IS NULL)", name=op.f("ck_training_one_thing")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_training_person_id_person")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_training_model_id_model")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_index(op.f("ix_training_model_id"), "training", ["model_id"], unique=False)
    op.create_index(op.f("ix_training_person_id"), "training", ["person_id"], unique=False)
