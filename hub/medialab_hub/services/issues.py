"""Runs the checks over the fleet and keeps what they find: an issue opens once and closes by itself."""

from typing import Any

from medialab_hub.checks.every import check_agent, check_device, check_mails, check_supplies, check_support
from medialab_hub.checks.finding import AgentFact, DeviceFact, Finding
from medialab_hub.domain.events import Happened
from medialab_hub.services.agent_rows import AGENTS
from medialab_hub.services.fleet import FleetIndex
from medialab_hub.services.issue_rows import ISSUES
from medialab_hub.services.mail_rows import facts_of_trouble
from medialab_hub.services.supply_rows import facts as supply_facts
from medialab_hub.services.support_case_rows import facts as support_facts
from medialab_hub.storage import devices
from medialab_hub.storage import issues as rows
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import OpenIssue
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.presence import AgentPhase
from medialab_wire.sightings import BusFact

Key = tuple[str, str]


def open_rivals(session: Session) -> dict[str, tuple[str, ...]]:
    """Device → devices that may be the same one, as long as nobody has answered."""
    pairs = [(clash.device_id, clash.other_id) for clash in devices.open_clashes(session)]
    rivals: dict[str, list[str]] = {}
    for device, other in pairs:  # asked once, at the one that came later
        rivals.setdefault(max(device, other), []).append(min(device, other))
    return {device: tuple(others) for device, others in rivals.items()}


def of_device(fleet: FleetIndex, device: str, rivals: dict[str, tuple[str, ...]]) -> list[Finding]:
    """What the checks find about one device now, from memory; nothing when it is gone."""
    row = fleet.row(device)
    if row is None:
        return []
    others = [other["name"] for key in rivals.get(device, ()) if (other := fleet.row(key)) is not None]
    return list(check_device(DeviceFact(device, row["name"], row["status"], row["battery"], tuple(others))))


def of_agents(fleet: FleetIndex) -> list[Finding]:
    """What the checks find about all agents now."""
    return [finding for row in fleet.every(AGENTS) for finding in check_agent(_agent(row))]


def of_the_rest(session: Session) -> list[Finding]:
    """What the checks find about mails, supplies and what people told now."""
    return [
        *check_mails(facts_of_trouble(session)),
        *check_supplies(supply_facts(session)),
        *check_support(support_facts(session)),
    ]


def _agent(row: dict[str, Any]) -> AgentFact:
    buses = tuple(BusFact.model_validate(bus) for bus in row["buses"])
    return AgentFact(row["id"], AgentPhase(row["phase"]), row["host"], row["devices"], buses)


def keep(uow: UnitOfWork, found: dict[Key, Finding]) -> None:
    """Make the open issues be exactly these."""
    known = {(row.check_id, row.subject): row for row in rows.every(uow.session)}
    for key, row in known.items():
        if key not in found:
            _close(uow, row)
    for key, finding in found.items():
        if key not in known:
            _open(uow, finding)
        elif _content(finding) != _content_of(known[key]):
            _fill(known[key], finding)
            _touch(uow, known[key])


def _open(uow: UnitOfWork, finding: Finding) -> None:
    row = OpenIssue(
        id=uow.new_id("iss"),
        check_id=finding.check,
        subject=finding.subject,
        severity=finding.severity,
        device_id=finding.device,
        agent_id=finding.agent,
        since=uow.now,
    )
    _fill(row, finding)
    uow.session.add(row)
    uow.record(Happened.ISSUE_OPENED, row.id, check=finding.check, about=finding.subject)
    _touch(uow, row)


def _close(uow: UnitOfWork, row: OpenIssue) -> None:
    uow.session.delete(row)
    uow.record(Happened.ISSUE_CLOSED, row.id, check=row.check_id, about=row.subject)
    _touch(uow, row)


def _touch(uow: UnitOfWork, row: OpenIssue) -> None:
    uow.touch(ISSUES, row.id)
    if row.device_id is not None:
        uow.touch_device(row.device_id)


def _content(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "title": finding.title.model_dump(),
        "detail": None if finding.detail is None else finding.detail.model_dump(),
        "suggestions": [
            {"id": entry.id, "text": entry.text.model_dump(), "action": entry.action} for entry in finding.suggestions
        ],
    }


def _content_of(row: OpenIssue) -> dict[str, Any]:
    return {"severity": row.severity, "title": row.title, "detail": row.detail, "suggestions": row.suggestions}


def _fill(row: OpenIssue, finding: Finding) -> None:
    for name, value in _content(finding).items():
        setattr(row, name, value)
