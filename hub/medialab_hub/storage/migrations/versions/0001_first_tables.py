"""The first tables."""

from alembic import op

from medialab_hub.storage.migrations import overlap
from medialab_hub.storage.migrations.first import (
    access,
    accessories,
    accounts,
    acquisitions,
    agents,
    allocations,
    bookings,
    calendars,
    codes,
    damages,
    devices,
    inspections,
    institutions,
    issues,
    jobs,
    journal,
    kits,
    loan_facts,
    mails,
    models,
    opening,
    people,
    photos,
    places,
    scans,
    supplies,
    support_cases,
    trainings,
    unmet_demand,
    waitlist,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOUNS = (
    places,
    kits,
    models,
    agents,
    accounts,
    devices,
    acquisitions,
    access,
    jobs,
    photos,
    institutions,
    people,
    trainings,
    bookings,
    waitlist,
    mails,
    calendars,
    allocations,
    loan_facts,
    unmet_demand,
    codes,
    scans,
    damages,
    accessories,
    inspections,
    supplies,
    support_cases,
    opening,
    journal,
    issues,
)
"""In the order in which they refer to each other."""


def upgrade() -> None:
    """Apply."""
    for noun in NOUNS:
        noun.create()
    for statement in overlap.POSTGRESQL if op.get_bind().dialect.name == "postgresql" else overlap.SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """There is nothing before the first tables."""
    raise NotImplementedError("restore a backup instead")
