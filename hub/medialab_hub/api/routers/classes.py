"""The catalogue of device classes; it changes only with the program."""

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import orjson
from fastapi import APIRouter, Header
from starlette.responses import Response

from medialab_hub.api.answers import JSON, as_json, unchanged
from medialab_hub.api.deps import Trainer
from medialab_hub.api.schemas.classes import DeviceClassView
from medialab_hub.services import device_classes

router = APIRouter(tags=["classes"])

FromHeader = Annotated[str | None, Header()]


@dataclass(frozen=True)
class _Answer:
    plain: bytes
    packed: bytes
    tag: str


@cache
def _every() -> _Answer:
    """Encoded once."""
    plain = orjson.dumps(device_classes.every_class())
    tag = hashlib.blake2b(plain, digest_size=8).hexdigest()
    return _Answer(plain, gzip.compress(plain, mtime=0), f'W/"{tag}"')


@router.get("/classes", response_model=list[DeviceClassView])
async def list_classes(
    _trainer: Trainer, if_none_match: FromHeader = None, accept_encoding: FromHeader = None
) -> Response:
    """Every class of the catalogue."""
    answer = await asyncio.to_thread(_every)  # reading the catalogue the first time takes a while
    if (same := unchanged(if_none_match, answer.tag)) is not None:
        return same
    headers = {"ETag": answer.tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if "gzip" not in (accept_encoding or ""):
        return Response(answer.plain, media_type=JSON, headers=headers)
    return Response(answer.packed, media_type=JSON, headers={**headers, "Content-Encoding": "gzip"})


@router.get("/classes/{class_id}", response_model=DeviceClassView)
async def show_class(class_id: str, _trainer: Trainer) -> Response:
    """One class of the catalogue."""
    return as_json(await asyncio.to_thread(device_classes.one_class, class_id))
