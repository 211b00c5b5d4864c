"""Tables, one noun a file; importing this package fills the metadata."""

from medialab_hub.storage.tables.access import EnteredAccess
from medialab_hub.storage.tables.accounts import ApiToken, FirstAdminLink, LoginSession, Setting, User
from medialab_hub.storage.tables.agents import Agent, AnnouncedDriver, ManualAddress
from medialab_hub.storage.tables.allocations import Allocation
from medialab_hub.storage.tables.devices import Baseline, Connection, Device, DeviceIdentity, IdentityClash
from medialab_hub.storage.tables.issues import OpenIssue
from medialab_hub.storage.tables.jobs import Batch, Job, JobAnswer
from medialab_hub.storage.tables.journal import JournalHead, JournalRow
from medialab_hub.storage.tables.kits import Kit
from medialab_hub.storage.tables.photos import Photo, PhotoBytes
from medialab_hub.storage.tables.places import Location, Station

__all__ = [
    "Agent",
    "Allocation",
    "AnnouncedDriver",
    "ApiToken",
    "Baseline",
    "Batch",
    "Connection",
    "Device",
    "DeviceIdentity",
    "EnteredAccess",
    "FirstAdminLink",
    "IdentityClash",
    "Job",
    "JobAnswer",
    "JournalHead",
    "JournalRow",
    "Kit",
    "Location",
    "LoginSession",
    "ManualAddress",
    "OpenIssue",
    "Photo",
    "PhotoBytes",
    "Setting",
    "Station",
    "User",
]
