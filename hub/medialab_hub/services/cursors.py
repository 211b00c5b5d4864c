"""Opaque cursors of pages: where the last page ended, safe in a URL."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson

from medialab_hub.services.refusals import not_understood
from medialab_wire.texts import Text


def write_cursor(place: tuple[str, str]) -> str:
    """The place as URL-safe text."""
    return urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[str, str]:
    """The place a cursor stands for. Raises `HubError` (400) for anything else."""
    try:
        name, key = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        name = key = None
    if not isinstance(name, str) or not isinstance(key, str):
        raise not_understood("not-a-cursor", Text(de="Diese Seite gibt es nicht.", en="There is no such page."))
    return name, key
