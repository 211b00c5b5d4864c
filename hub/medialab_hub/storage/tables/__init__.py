"""Tables, one noun a file; importing this package fills the metadata."""

from medialab_hub.storage.tables.access import EnteredAccess
from medialab_hub.storage.tables.accessories import Accessory, AccessoryCheck
from medialab_hub.storage.tables.accounts import ApiToken, FirstAdminLink, LoginSession, Setting, User
from medialab_hub.storage.tables.acquisitions import Acquisition
from medialab_hub.storage.tables.agents import Agent, AnnouncedDriver, ManualAddress
from medialab_hub.storage.tables.allocations import Allocation
from medialab_hub.storage.tables.bookings import Booking, BookingLine
from medialab_hub.storage.tables.calendars import CalendarFeed
from medialab_hub.storage.tables.codes import LabelCode
from medialab_hub.storage.tables.damages import DamageCase, DamagePhoto
from medialab_hub.storage.tables.devices import Baseline, Connection, Device, DeviceIdentity, IdentityClash
from medialab_hub.storage.tables.inspections import Inspection
from medialab_hub.storage.tables.institutions import Institution
from medialab_hub.storage.tables.issues import OpenIssue
from medialab_hub.storage.tables.jobs import Batch, Job, JobAnswer
from medialab_hub.storage.tables.journal import JournalHead, JournalRow
from medialab_hub.storage.tables.kits import Kit
from medialab_hub.storage.tables.loan_facts import LoanFact
from medialab_hub.storage.tables.mails import Mail
from medialab_hub.storage.tables.models import Model
from medialab_hub.storage.tables.opening import Closure, Opening
from medialab_hub.storage.tables.people import Membership, Person
from medialab_hub.storage.tables.photos import Photo, PhotoBytes
from medialab_hub.storage.tables.places import Location, Station
from medialab_hub.storage.tables.scans import ScanMove, ScanRow, ScanSession
from medialab_hub.storage.tables.supplies import Supply, SupplyMove
from medialab_hub.storage.tables.support_cases import SupportCase, SupportEntry
from medialab_hub.storage.tables.trainings import Training
from medialab_hub.storage.tables.unmet_demand import UnmetDemand
from medialab_hub.storage.tables.waitlist import WaitlistEntry

__all__ = [
    "Accessory",
    "AccessoryCheck",
    "Acquisition",
    "Agent",
    "Allocation",
    "AnnouncedDriver",
    "ApiToken",
    "Baseline",
    "Batch",
    "Booking",
    "BookingLine",
    "CalendarFeed",
    "Closure",
    "Connection",
    "DamageCase",
    "DamagePhoto",
    "Device",
    "DeviceIdentity",
    "EnteredAccess",
    "FirstAdminLink",
    "IdentityClash",
    "Inspection",
    "Institution",
    "Job",
    "JobAnswer",
    "JournalHead",
    "JournalRow",
    "Kit",
    "LabelCode",
    "LoanFact",
    "Location",
    "LoginSession",
    "Mail",
    "ManualAddress",
    "Membership",
    "Model",
    "OpenIssue",
    "Opening",
    "Person",
    "Photo",
    "PhotoBytes",
    "ScanMove",
    "ScanRow",
    "ScanSession",
    "Setting",
    "Station",
    "Supply",
    "SupplyMove",
    "SupportCase",
    "SupportEntry",
    "Training",
    "UnmetDemand",
    "User",
    "WaitlistEntry",
]
