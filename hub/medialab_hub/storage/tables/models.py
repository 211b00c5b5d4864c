"""Models: what is promised when nobody asks for one certain device."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.tables.base import document, version


class Model(SQLModel, table=True):
    """Equal devices (`Device.model_id`). Minutes go before and after each loan; the catalogue has presets."""

    __tablename__ = "model"
    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    class_id: str | None = Field(default=None, unique=True)
    """Class of the catalogue whose devices it has; None for one that the lab made itself."""
    is_lendable: bool = True
    prep_min: int = 0
    turnaround_min: int = 0
    max_loan_days: int | None = None
    """Calendar days a loan may take; None: no limit."""
    notice_h: int = 0
    """Hours before the beginning until which it can be booked by others than staff."""
    test_months: int | None = None
    """Interval of the safety test; None: none is needed."""
    grace_min: int = 0
    """Minutes after a return until what is on the device may be erased."""
    replacement_cents: int | None = None
    needs_training: bool = False
    lends_to: list[str] = document(list)
    """Kinds of institutions (`domain.institutions`) it is lent to; empty: to all, and to people without one."""
    version: int = version()
