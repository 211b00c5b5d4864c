"""The answers of PrusaLink this driver reads, validated: whatever answers there is hostile until it fits.

Fields: https://github.com/prusa3d/Prusa-Link-Web/blob/master/spec/openapi.yaml; all but `printer.state` may be
missing. Buddy firmware calls read-only `ro`, PrusaLink 0.8.1 `read_only`."""

from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from medialab_agent.sdk.heat import Heater, Heaters, Told, bed, nozzle

Short = Annotated[str, StringConstraints(max_length=300)]


class Answer(BaseModel):
    """Part of an answer; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, allow_inf_nan=False)


class Version(Answer):
    """`GET /api/version`: on a Pi `text` is `PrusaLink 0.8.1`, on Buddy firmware only `PrusaLink`."""

    text: Short = ""
    server: Short = ""
    original: Short = ""
    firmware: Short | None = None


class Info(Answer):
    """`GET /api/v1/info`."""

    serial: Short | None = None
    name: Short | None = None
    hostname: Short | None = None
    nozzle_diameter: Told = None


class Machine(Answer):
    """The printer's part of the status: temperatures in °C, speed and flow in percent."""

    state: Short
    temp_nozzle: Told = None
    target_nozzle: Told = None
    temp_bed: Told = None
    target_bed: Told = None
    speed: Told = None
    flow: Told = None

    @property
    def nozzle(self) -> Heater:
        """Its one nozzle."""
        return nozzle(self.temp_nozzle, self.target_nozzle)

    @property
    def bed(self) -> Heater:
        """Its bed."""
        return bed(self.temp_bed, self.target_bed)

    @property
    def heat(self) -> Heaters:
        """Both of them."""
        return Heaters((self.nozzle, self.bed))

    @property
    def is_working(self) -> bool:
        """A print runs or waits."""
        return self.state in {"PRINTING", "PAUSED", "ATTENTION"}


class StatusJob(Answer):
    """The running job: progress in percent, time in seconds."""

    id: int | None = None
    progress: Told = None
    time_remaining: Told = None


class Status(Answer):
    """`GET /api/v1/status`."""

    printer: Machine
    job: StatusJob | None = None
    transfer: dict[str, Any] | None = None
    """Present while a file is on its way to the printer."""


class Storage(Answer):
    """One place for files; `free_space` in bytes."""

    path: Annotated[str, StringConstraints(pattern=r"^/?[A-Za-z0-9_-]{1,32}/?$")]
    type: Short = ""
    available: bool = True
    read_only: bool = Field(False, validation_alias=AliasChoices("read_only", "ro"))
    free_space: int | None = None

    @property
    def name(self) -> str:
        """`local`, `sdcard` or `usb`."""
        return self.path.strip("/")


class Storages(Answer):
    """`GET /api/v1/storage`."""

    storage_list: Annotated[tuple[Storage, ...], Field(max_length=8)] = ()


class Child(Answer):
    """A file or folder in a folder. On Buddy firmware `name` is the short name paths are made of."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    type: Short = ""
    size: int | None = None
    m_timestamp: int | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it holds others."""
        return self.type == "FOLDER"


class Refs(Answer):
    """Where a file's content is; None: nobody may read it, such as on a memory card in a printer with a Pi."""

    download: Annotated[str, StringConstraints(pattern=r"^/(api/files/|usb/)[^\x00-\x1f?#]{1,600}$")] | None = None


class File(Answer):
    """`GET /api/v1/files/<storage>/<path>` of a file; `size` in bytes."""

    type: Short = ""
    size: int | None = None
    refs: Refs = Refs()


class Folder(Answer):
    """`GET /api/v1/files/<storage>/<path>` of a folder."""

    children: Annotated[tuple[Child, ...], Field(max_length=5000)] = ()
