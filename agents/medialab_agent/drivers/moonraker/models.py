"""The answers of Moonraker this driver reads, validated: whatever answers there is hostile until it fits.

Fields and names: https://moonraker.readthedocs.io/en/latest/external_api/introduction/ (0.11)."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Part of an answer; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class ServerInfo(Answer):
    """`GET /server/info`, which answers without Klipper too.

    `klippy_state`: ready, startup, shutdown, error, disconnected."""

    klippy_connected: bool
    klippy_state: str
    components: tuple[str, ...] = ()
    moonraker_version: str = ""


class PrinterInfo(Answer):
    """`GET /printer/info`."""

    hostname: str = ""
    software_version: str = ""


class AccessInfo(Answer):
    """`GET /access/info`: public, so it tells a Moonraker from other programs."""

    default_source: str
    available_sources: tuple[str, ...]


class Item(Answer):
    """`GET /server/database/item`."""

    value: Any = None


class Objects(Answer):
    """`GET /printer/objects/list`."""

    objects: tuple[str, ...] = ()


class Status(Answer):
    """`GET /printer/objects/query`: object → field → value."""

    status: dict[str, dict[str, Any]] = {}


class Root(Answer):
    """One entry of `GET /server/files/roots`; `permissions`: `rw` or `r`."""

    name: str
    permissions: str = "r"


class File(Answer):
    """A file of a folder; `size` in bytes."""

    filename: str
    size: int = 0


class Folder(Answer):
    """A folder of a folder."""

    dirname: str


class Usage(Answer):
    """Bytes."""

    free: int | None = None


class Directory(Answer):
    """`GET /server/files/directory`: one folder, without what is in its folders."""

    dirs: tuple[Folder, ...] = ()
    files: tuple[File, ...] = ()
    disk_usage: Usage = Usage()


class History(Answer):
    """`GET /server/history/list`."""

    jobs: tuple[dict[str, Any], ...] = ()


class Queue(Answer):
    """`GET /server/job_queue/status`."""

    queued_jobs: tuple[dict[str, Any], ...] = Field(())
