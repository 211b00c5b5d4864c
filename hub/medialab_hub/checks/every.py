"""All checks. A new one is a new file and one line here."""

from collections.abc import Iterator, Sequence

from medialab_hub.checks import (
    agent_lost,
    bus_absent,
    bus_denied,
    identity_clash,
    low_battery,
    mail_failed,
    mail_server,
    needs_person,
    no_baseline,
    quarantined,
    supply_low,
    support_open,
    unverified,
    waits_for_person,
)
from medialab_hub.checks.finding import AgentFact, DeviceFact, Finding, MailFact, SupplyFact, SupportFact

_OF_DEVICES = (
    quarantined.check,
    waits_for_person.check,
    unverified.check,
    needs_person.check,
    no_baseline.check,
    low_battery.check,
    identity_clash.check,
)
_OF_AGENTS = (bus_denied.check, bus_absent.check)


def check_device(device: DeviceFact) -> Iterator[Finding]:
    """Everything that is wrong with a device."""
    return (finding for check in _OF_DEVICES if (finding := check(device)) is not None)


def check_agent(agent: AgentFact) -> Iterator[Finding]:
    """Everything that is wrong with an agent."""
    if (lost := agent_lost.check(agent)) is not None:
        yield lost
        return  # what it said of its buses is not known to be true any more
    for check in _OF_AGENTS:
        yield from check(agent)


def check_mails(mails: Sequence[MailFact]) -> Iterator[Finding]:
    """What is wrong with these mails, and with the way they take."""
    if (server := mail_server.check(mails)) is not None:
        yield server
    yield from (finding for mail in mails if (finding := mail_failed.check(mail)) is not None)


def check_supplies(supplies: Sequence[SupplyFact]) -> Iterator[Finding]:
    """What is running out."""
    return (finding for supply in supplies if (finding := supply_low.check(supply)) is not None)


def check_support(cases: Sequence[SupportFact]) -> Iterator[Finding]:
    """What people told and nobody has settled."""
    return map(support_open.check, cases)
