"""The answers of OctoPrint this driver reads, validated: whatever answers there is hostile until it fits.

Fields and names: https://docs.octoprint.org/en/master/api/ (1.11)."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from medialab_agent.sdk.heat import Told


class Answer(BaseModel):
    """Part of an answer; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, allow_inf_nan=False)


class Version(Answer):
    """`GET /api/version`. Moonraker and PrusaLink answer it too, with their own names in `text`."""

    server: str = ""
    text: str = ""


class Flags(Answer):
    """What the printer is doing."""

    operational: bool = False
    printing: bool = False
    cancelling: bool = False
    pausing: bool = False
    resuming: bool = False
    finishing: bool = False
    paused: bool = False
    ready: bool = False
    error: bool = False
    closed_or_error: bool = Field(False, alias="closedOrError")

    @property
    def has_job(self) -> bool:
        """True while a print is running, paused or on its way to either."""
        return self.printing or self.paused or self.pausing or self.resuming or self.finishing

    @property
    def is_idle(self) -> bool:
        """True when the next command finds an idle printer: not while a cancel is still going on."""
        return self.operational and self.ready and not self.has_job and not self.cancelling


class State(Answer):
    """Flags with the printer's own words."""

    text: str = ""
    flags: Flags = Flags()


class Temperature(Answer):
    """One heater in °C; None: not reported yet."""

    actual: Told = None
    target: Told = None


class Printer(Answer):
    """`GET /api/printer`. `temperature` is empty until the first report after a connect."""

    state: State = State()
    temperature: dict[str, Temperature] = {}

    @property
    def heaters(self) -> dict[str, Temperature]:
        """Nozzles, bed and chamber; plugins add plain sensors under other names."""
        return {k: t for k, t in self.temperature.items() if k in {"bed", "chamber"} or k.startswith("tool")}


class JobFile(Answer):
    """The selected file."""

    path: str | None = None
    origin: str | None = None


class JobInfo(Answer):
    """What is selected."""

    file: JobFile = JobFile()


class Progress(Answer):
    """`completion` in percent, times in seconds."""

    completion: Told = None
    time_left: Told = Field(None, alias="printTimeLeft")


class Job(Answer):
    """`GET /api/job`."""

    job: JobInfo = JobInfo()
    progress: Progress = Progress()


class Entry(Answer):
    """A file or folder. `hash` is the SHA-1 of the content and is gone in OctoPrint 2."""

    path: str
    origin: str = "local"
    type: str = ""
    size: int | None = None
    hash: str | None = None
    children: tuple["Entry", ...] = ()


class Listing(Answer):
    """`GET /api/files`; `free` in bytes."""

    files: tuple[Entry, ...] = ()
    free: int | None = None


class Movie(Answer):
    """A finished timelapse, or the frames of one that is not rendered; `processing`: being recorded or rendered."""

    name: str
    processing: bool = False


class Timelapses(Answer):
    """`GET /api/timelapse?unrendered=true`."""

    files: tuple[Movie, ...] = ()
    unrendered: tuple[Movie, ...] = ()


class Profiles(Answer):
    """`GET /api/printerprofiles`."""

    profiles: dict[str, dict[str, Any]] = {}


class Login(Answer):
    """`POST /api/login` with `passive`: the session the push socket is opened with."""

    name: str
    session: str


class AppRequest(Answer):
    """`POST /plugin/appkeys/request`."""

    app_token: str


class AppKey(Answer):
    """The granted key."""

    api_key: str
