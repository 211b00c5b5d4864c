"""What every wire model has in common: frozen, tolerant of newer fields, JSON in and out."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

WIRE_ID = r"^[a-z0-9][a-z0-9-]{0,62}$"
WireId = Annotated[str, StringConstraints(pattern=WIRE_ID)]
"""Identifier on the wire: lower case letters, digits, hyphens; 1 to 63 characters (a topic level)."""

ShortText = Annotated[str, StringConstraints(max_length=512)]
"""Text that came from a device or a network; hostile, cut to 512 characters by the sender."""

Scalar = bool | int | float | ShortText | None
"""One reported value."""

Instant = AwareDatetime
"""A moment with its offset; informative only, no timer depends on it."""


class WireModel(BaseModel):
    """A frozen message or part of one. Unknown fields are ignored, so that older peers read newer messages;
    NaN and infinity are refused, for JSON has no word for them."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    def encode(self) -> bytes:
        """The message as compact UTF-8 JSON, without fields that are unset by default."""
        return self.model_dump_json(exclude_none=True).encode()
