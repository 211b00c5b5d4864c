"""How bookings get to their people and back."""

from datetime import date

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body
from medialab_hub.domain.deliveries import LONGEST_TRANSPORT, DeliveryMode


class Delivery(Body):
    """`receiver`: the person who takes it, when that is not who borrows it. `transport_min`: of one way, for a tour."""

    mode: DeliveryMode
    receiver: str | None = None
    transport_min: int = Field(default=0, ge=0, le=LONGEST_TRANSPORT)


class StopView(BaseModel):
    """Where a tour stops: what is brought there and what is fetched, as bookings. No person is named."""

    institution: str
    name: str
    street: str
    postal_code: str
    municipality: str
    brings: list[str]
    fetches: list[str]


class Tour(BaseModel):
    """The stops of a day, those near each other one after the other."""

    day: date
    stops: list[StopView]
