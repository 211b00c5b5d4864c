"""How long a reset took, from the hub's record of it: the machine's own time apart from waiting."""

from datetime import datetime
from typing import Any


def waiting_s(job: dict[str, Any]) -> float:
    """Seconds in which a printer cooled or a person looked."""
    return sum(_span(step) for step in job["steps"] if (step["ask"] or step["id"] == "cool-down") and step["ended"])


def machine_s(job: dict[str, Any]) -> float:
    """Seconds from its start until it was proven clean, without waiting."""
    return _span(job) - waiting_s(job)


def lines(first: dict[str, dict[str, Any]], again: dict[str, dict[str, Any]]) -> list[str]:
    """A table by driver: the first run, what of it was waiting, the second run."""
    rows = [f"{'seconds until proven clean':<28}{'without waiting':>18}{'waiting':>10}{'second run':>14}"]
    for driver in sorted(first):
        own, waiting, second = machine_s(first[driver]), waiting_s(first[driver]), machine_s(again[driver])
        rows.append(f"  {driver:<26}{own:>18.2f}{waiting:>10.2f}{second:>14.2f}")
    return rows


def _span(of: dict[str, Any]) -> float:
    return (datetime.fromisoformat(of["ended"]) - datetime.fromisoformat(of["started"])).total_seconds()
