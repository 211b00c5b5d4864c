"""What a firmware script says about itself: `script.toml`, read strictly; a field nobody knows is an error."""

import re
import tomllib
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from medialab_agent.sdk.trouble import Refused
from medialab_wire.base import WireId
from medialab_wire.texts import Text

NEVER_VOLUMES = ("MAINTENANCE", "RPI-RP2")
"""Volumes of interface chips in maintenance: a Calliope mini 2.1 shows its RP2040 as RPI-RP2, and a UF2 copied there
takes it out of service (forum.calliope.cc/t/3134). Nothing is ever written to them, whatever a script says."""
IMAGE_MOST = 16 * 1024 * 1024
"""Bytes of one image."""

ScriptId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}/[a-z0-9][a-z0-9-]{0,62}$")]
"""`<target>/<name>`, which is also the script's folder."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Artifact(_Strict):
    """One image. `offset` is where it belongs in the chip's memory, in bytes; formats with addresses ignore it."""

    path: str
    size: int = Field(gt=0, le=IMAGE_MOST)
    sha256: Sha256
    format: Literal["bin", "hex", "universal-hex", "uf2"]
    offset: int = Field(default=0, ge=0)

    @field_validator("path")
    @classmethod
    def _is_a_plain_name(cls, path: str) -> str:
        if PurePosixPath(path).name != path or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", path):
            raise ValueError("a plain file name beside script.toml")
        return path


class Requires(_Strict):
    """What must be true of the device before anything is written; what is not named does not matter."""

    chip: str = ""
    signature: str = ""
    board_ids: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    battery_percent: int | None = Field(default=None, ge=1, le=100)


class Script(_Strict):
    """One firmware script. `classes` are device classes of the catalogue; it is refused everywhere else."""

    schema_: Literal[1] = Field(alias="schema")
    id: ScriptId
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+){0,3}$")]
    classes: tuple[WireId, ...] = Field(min_length=1)
    default: bool = False
    """True for what a reset puts on these boards."""
    artifacts: tuple[Artifact, ...] = Field(min_length=1)
    requires: Requires = Requires()
    forbidden_volumes: tuple[str, ...] = NEVER_VOLUMES
    deadline_s: float = Field(default=120, gt=0, le=1800)
    """For writing it once."""
    attempts: int = Field(default=2, ge=1, le=5)
    """How often one step writes before it gives up."""
    banner: str = Field(default="", max_length=100)
    """How the first line begins that the program says over its serial port after a start; empty: it says nothing."""
    rollback: Literal["write-again", "set-aside"] = "write-again"
    """What follows when what was written cannot be read back. `write-again`: the boot program stays, so the same is
    written again, up to `attempts` times in all. `set-aside`: it is written once; a person does what `undo` says."""
    licence: str = Field(min_length=1)
    source: str = Field(min_length=1)
    text: Text
    """What it changes on the device."""
    undo: Text
    """How to get back what was there."""

    @model_validator(mode="after")
    def _is_not_written_again(self) -> Self:
        if self.rollback == "set-aside" and self.attempts != 1:
            raise ValueError("what is set aside is written once: attempts = 1")
        return self

    @field_validator("forbidden_volumes")
    @classmethod
    def _names_those_that_are_never_written(cls, volumes: tuple[str, ...]) -> tuple[str, ...]:
        if missing := [volume for volume in NEVER_VOLUMES if volume not in volumes]:
            raise ValueError(f"{', '.join(missing)} must stay forbidden")
        return volumes


def bad_script(detail: str) -> Refused:
    """A firmware file that is not what was signed, or cannot be understood."""
    return Refused(
        "bad-firmware",
        Text(
            de="Diese Firmware ist beschädigt oder verändert und wird nicht benutzt.",
            en="This firmware is damaged or was changed, and is not used.",
        ),
        Text(
            de="Die Firmware neu einspielen lassen („medialab-agent firmware check“ sagt, was nicht stimmt).",
            en="Have the firmware installed again (“medialab-agent firmware check” says what is wrong).",
        ),
        detail,
    )


def parse_script(content: bytes, where: str) -> Script:
    """Read a `script.toml`. Raises `Refused` with every wrong field."""
    try:
        return Script.model_validate(tomllib.loads(content.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise bad_script(f"{where}: {error}") from error
    except ValidationError as error:
        fields = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise bad_script(f"{where}: {fields}") from error
