"""Whether an order may be carried out at all; pure."""

from medialab_agent.runtime import builtin, troubles
from medialab_wire.capabilities import DriverManifest, ResetLevel
from medialab_wire.commands import Execution
from medialab_wire.progress import Trouble

RESET = "reset"


def level_of(execution: Execution, manifest: DriverManifest) -> ResetLevel | None:
    """The level a reset means: the named one, else the driver's default; None for other actions."""
    if execution.action != RESET:
        return None
    return manifest.level(execution.level or manifest.default_level or "")


def refusal(execution: Execution, manifest: DriverManifest) -> Trouble | None:
    """Why the order is refused, or None."""
    if execution.action == RESET:
        level = level_of(execution, manifest)
        if level is None:
            return troubles.UNKNOWN_LEVEL
        return troubles.NO_BASELINE if level.needs_baseline and execution.baseline is None else None
    known = builtin.PLANS.keys() | {action.id for action in manifest.actions}
    return None if execution.action in known else troubles.UNKNOWN_ACTION
