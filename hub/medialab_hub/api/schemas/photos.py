"""Photos that belong to people's answers."""

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from medialab_hub.api.schemas.base import Instant
from medialab_wire.capabilities import EvidenceKind
from medialab_wire.texts import Text

PHOTO_ID = r"^pho-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
PhotoId = Annotated[str, StringConstraints(pattern=PHOTO_ID)]
"""`pho-` and a UUID that the sender makes up, so that sending again after a lost connection is the same photo."""


class PhotoView(BaseModel):
    """One photo; the picture itself is at `/jobs/{job}/photos/{id}` until it is `erased`."""

    id: str
    step: str
    answered: bool
    """False: a draft that no answer names yet; no record will name it either."""
    sha256: str
    """Of the bytes that are kept, which hold nothing beside the picture."""
    size: int
    width: int
    height: int
    by_name: Text | None = None
    kept: Instant
    erased: Instant | None = None


class StepEvidence(BaseModel):
    """What the record says of a step that a person answered."""

    kind: EvidenceKind
    photo: str | None = None
    """SHA-256 of the photo that belongs to the answer."""
    photo_wanted: bool = False
    """True without a photo: confirmed without one."""
