"""Every noun of which the outside hears after a commit, in the order it is told; devices have a road of their own."""

from medialab_hub.services.agent_rows import AGENTS
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.damage_rows import DAMAGES
from medialab_hub.services.institution_rows import INSTITUTIONS
from medialab_hub.services.issue_rows import ISSUES
from medialab_hub.services.job_rows import BATCHES, JOBS
from medialab_hub.services.kit_rows import KITS
from medialab_hub.services.model_rows import MODELS
from medialab_hub.services.opening import OPENING
from medialab_hub.services.person_rows import PEOPLE
from medialab_hub.services.place_rows import PLACES
from medialab_hub.services.scan_rows import SCANS
from medialab_hub.services.supply_rows import SUPPLIES
from medialab_hub.services.support_case_rows import SUPPORT_CASES
from medialab_hub.services.waitlist_rows import WAITLIST

NOUNS = (
    AGENTS,
    ISSUES,
    JOBS,
    BATCHES,
    PLACES,
    KITS,
    MODELS,
    INSTITUTIONS,
    PEOPLE,
    BOOKINGS,
    OPENING,
    SCANS,
    SUPPLIES,
    SUPPORT_CASES,
    WAITLIST,
    DAMAGES,
)
