"""What is known of finished loans without knowing for whom they were: all that statistics are made of."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import document, moment


class LoanFact(SQLModel, table=True):
    """One returned device of one loan, as it was then. Neither names nor anything that somebody typed about people.

    Days and school years are local: they follow from the moments where the time zone of the lab is known."""

    __tablename__ = "loan_fact"
    id: str = Field(primary_key=True)
    allocation_id: str = Field(foreign_key="allocation.id", unique=True)
    """What was out; by it the fact goes when the return is undone."""
    booking_id: str = Field(foreign_key="booking.id", index=True)
    """What went out together is one loan, and its group is counted once."""
    device_id: str = Field(foreign_key="device.id", index=True)
    model_id: str | None = Field(default=None, foreign_key="model.id")
    class_id: str | None = None
    """Class of the catalogue."""
    kind: str = "loan"
    """Of the booking."""
    institution_kind: str = ""
    school_form: str = ""
    municipality: str = ""
    municipality_key: str = ""
    areas: list[str] = document(list)
    """Areas of the Medienkompetenzrahmen, such as `6.3`."""
    group_size: int | None = None
    lent_at: Moment = moment()
    returned_at: Moment = moment(index=True)
    is_on_time: bool = True
    was_unverified: bool = False
    """Handed out without a proof that it was clean."""
    reset_min: int | None = None
    """Minutes that resets ran after it came back, rounded up; None while none has ended."""
