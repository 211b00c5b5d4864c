"""What a printer's state means: whether it rests, and one word for people."""

from medialab_agent.drivers.prusalink.models import Machine, Status

FACTOR = 100.0
"""Percent: the normal speed and flow."""


def is_at_rest(status: Status, is_buddy: bool) -> bool:
    """True when the next command finds an idle printer.

    PrusaLink 0.8.1 keeps STOPPED and FINISHED for 11 s (`PRINT_END_TIMEOUT`), in which it refuses moves. Buddy
    firmware keeps them until somebody presses the knob or the next print starts, and accepts everything."""
    resting = {"IDLE", "READY", "FINISHED", "STOPPED"} if is_buddy else {"IDLE", "READY"}
    return status.printer.state in resting and status.transfer is None


def has_normal_factors(printer: Machine) -> bool | None:
    """Whether speed and flow are at 100 %; None while one is not reported."""
    if printer.speed is None or printer.flow is None:
        return None
    return printer.speed == printer.flow == FACTOR


def phase(status: Status, is_buddy: bool) -> str:
    """One word: error, attention, printing, paused, stopping, busy, heating, cooling, idle."""
    printer = status.printer
    words = {"ERROR": "error", "ATTENTION": "attention", "PRINTING": "printing", "PAUSED": "paused", "BUSY": "busy"}
    if printer.state in words:
        return words[printer.state]
    if not is_at_rest(status, is_buddy):
        return "stopping"
    if printer.heat.are_off is False:
        return "heating"
    return "idle" if printer.heat.are_safe or printer.temp_nozzle is None else "cooling"
