"""Safety tests of devices, as they were entered; nothing of them is ever changed."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import document, moment, typed


class Inspection(SQLModel, table=True):
    """`kind`: `safety`, `hygiene`, `function`; `result`: `passed`, `failed`."""

    __tablename__ = "inspection"
    id: str = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    kind: str
    result: str
    done_at: Moment = moment()
    entered_at: Moment = moment()
    next_due: Moment | None = moment(optional=True)
    """As the sticker says; the interval of the model as it is now may be earlier."""
    measured: dict[str, float] = document(dict)
    """By name with the unit, such as `r_iso_mohm`."""
    inspector: str = ""
    """The account that entered it."""
    note: str = typed("id", "device_id", "inspector", noun="device", key="device_id")
    allocation_id: str | None = Field(default=None, foreign_key="allocation.id")
    """Of one that was not passed: by which the device is out of use until the same kind of test is passed."""
