"""What a page that starts needs beside the devices, as one body."""

from pydantic import BaseModel

from medialab_hub.api.schemas.accounts import SessionView
from medialab_hub.api.schemas.agents import AgentView
from medialab_hub.api.schemas.issues import IssueView
from medialab_hub.api.schemas.jobs import JobRow
from medialab_hub.api.schemas.kits import KitName
from medialab_hub.api.schemas.places import Places
from medialab_hub.domain.device_status import DeviceStatus
from medialab_wire.capabilities import DriverManifest


class LabSnapshot(BaseModel):
    """As of `seq`: later events of the stream lead on from here."""

    seq: int
    session: SessionView
    counts: dict[DeviceStatus, int]
    """How many devices have each status; a status that none has is left out."""
    jobs: list[JobRow]
    """Those that are not over, newest first; 200 at most."""
    issues: list[IssueView]
    agents: list[AgentView]
    drivers: list[DriverManifest]
    places: Places
    kits: list[KitName]
