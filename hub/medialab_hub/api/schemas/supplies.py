"""What is used up, and changes of its stock."""

from typing import Annotated

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.supplies import SupplyKind

Quantity = Annotated[int, Field(ge=0, le=1_000_000)]


class NewSupply(Body):
    """What is to be kept in stock."""

    name: str = Field(min_length=1, max_length=80)
    unit: str = Field(default="", max_length=80)
    """Such as "Rolle"; empty: pieces."""
    minimum: Quantity = 0


class SupplyChange(NewSupply):
    """All of it anew; 409 when somebody else changed it since `version`."""

    version: int


class SupplyView(BaseModel):
    """With what is there now."""

    id: str
    name: str
    unit: str
    minimum: int
    there: int
    is_low: bool
    version: int


class NewSupplyMove(Body):
    """So many came or went, or (`counted`) so many are there. `client_key`: sent again, it stays one."""

    kind: SupplyKind
    quantity: Quantity
    booking: str | None = None
    client_key: str | None = Field(default=None, max_length=80)


class SupplyMoveView(BaseModel):
    """One change of the stock."""

    id: str
    kind: SupplyKind
    change: int
    booking: str | None
    at: Instant
