"""An agent may not look at a bus, or the bus does not work. A machine without such a bus is fine."""

from medialab_hub.checks.finding import AgentFact, Finding, Suggestion, named
from medialab_wire.sightings import BusFact, BusStatus

_WRONG = frozenset({BusStatus.DENIED, BusStatus.FAILED})


def check(agent: AgentFact) -> list[Finding]:
    """One finding per bus that should work and does not."""
    return [_finding(agent, bus) for bus in agent.buses if bus.status in _WRONG]


def _finding(agent: AgentFact, bus: BusFact) -> Finding:
    values = {"bus_de": bus.title.de, "bus_en": bus.title.en, "host": agent.host or agent.id}
    remedy = () if bus.remedy is None else (Suggestion("remedy", bus.remedy),)
    return Finding(
        "bus-denied",
        f"{agent.id}/{bus.source}",
        "warning",
        named("{bus_de} funktioniert an „{host}“ nicht", "{bus_en} does not work on “{host}”", values),
        bus.reason,
        agent=agent.id,
        suggestions=remedy,
    )
