"""Reads a driver's `manifest.toml` into the wire's `DriverManifest`."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from medialab_wire.capabilities import DriverManifest


class BadManifest(Exception):
    """A manifest that cannot be used; the message names the file and every wrong field."""


def load_manifest(path: Path) -> DriverManifest:
    """Parse and validate one manifest. Raises `BadManifest`."""
    try:
        return DriverManifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadManifest(f"{path}: {error}") from error
    except ValidationError as error:
        fields = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise BadManifest(f"{path}: {fields}") from error
