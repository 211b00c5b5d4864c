"""Answers as JSON, encoded once and not validated again: the schemas document them, tests compare."""

from typing import Any

import orjson
from pydantic import BaseModel
from starlette.responses import Response

JSON = "application/json"


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The answer for plain data or models."""
    return Response(orjson.dumps(value, default=_plain), status_code=status, headers=headers, media_type=JSON)


def unchanged(if_none_match: str | None, tag: str) -> Response | None:
    """304 when the client has it already, else None."""
    if if_none_match is None or tag not in [part.strip() for part in if_none_match.split(",")]:
        return None
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"})


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"cannot encode {type(value).__name__}")
