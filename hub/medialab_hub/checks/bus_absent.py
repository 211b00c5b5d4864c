"""An agent's machine has no such bus or tool: a stated fact, worth knowing when something is not found."""

from medialab_hub.checks.finding import AgentFact, Finding, Suggestion, named
from medialab_wire.sightings import BusFact, BusStatus


def check(agent: AgentFact) -> list[Finding]:
    """One finding per absent bus."""
    return [_finding(agent, bus) for bus in agent.buses if bus.status is BusStatus.ABSENT]


def _finding(agent: AgentFact, bus: BusFact) -> Finding:
    values = {"bus_de": bus.title.de, "bus_en": bus.title.en, "host": agent.host or agent.id}
    return Finding(
        "bus-absent",
        f"{agent.id}/{bus.source}",
        "info",
        named("{bus_de} gibt es an „{host}“ nicht", "There is no {bus_en} on “{host}”", values),
        bus.reason,
        agent=agent.id,
        suggestions=() if bus.remedy is None else (Suggestion("remedy", bus.remedy),),
    )
