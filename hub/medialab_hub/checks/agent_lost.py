"""The computer that devices hang on is not connected."""

from medialab_hub.checks.finding import AgentFact, Finding, Suggestion, named
from medialab_wire.presence import AgentPhase
from medialab_wire.texts import Text

_SWITCH_ON = Suggestion(
    "switch-on",
    Text(
        de="Prüfen, ob der Rechner eingeschaltet und mit dem Netzwerk verbunden ist.",
        en="Check that the computer is switched on and connected to the network.",
    ),
)


def check(agent: AgentFact) -> Finding | None:
    """One finding while it is lost. One that said goodbye is no surprise, unless devices hang on it."""
    if agent.phase not in (AgentPhase.LOST, AgentPhase.DISCONNECTED):
        return None
    if agent.phase is AgentPhase.DISCONNECTED and not agent.devices:
        return None
    return Finding(
        "agent-lost",
        agent.id,
        "error" if agent.devices else "warning",
        named("„{name}“ ist nicht verbunden", "“{name}” is not connected", {"name": agent.host or agent.id}),
        named(
            "Die Geräte daran sind nicht zu erreichen. Aufträge warten und gehen von selbst weiter.",
            "The devices attached to it cannot be reached. Jobs wait and go on by themselves.",
            {},
        ),
        agent=agent.id,
        suggestions=(_SWITCH_ON,),
    )
