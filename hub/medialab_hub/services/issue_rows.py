"""What is shown and told of open issues: dicts with exactly the fields of `IssueView`."""

from collections.abc import Collection

from medialab_hub.services.stamps import stamp
from medialab_hub.storage import issues
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import OpenIssue


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    return {issue.id: issue_view(issue) for issue in issues.many(session, ids)}


def issue_view(issue: OpenIssue) -> Row:
    """The row of an issue that is open."""
    return {
        "id": issue.id,
        "check": issue.check_id,
        "severity": issue.severity,
        "title": issue.title,
        "detail": issue.detail,
        "device": issue.device_id,
        "agent": issue.agent_id,
        "suggestions": issue.suggestions,
        "since": stamp(issue.since),
        "gone": False,
    }


def issue_views(session: Session) -> list[Row]:
    """All open issues, oldest first."""
    return [issue_view(issue) for issue in issues.every(session)]


ISSUES = Noun("issue", _rows, every=issue_views, order=lambda row: (row["since"], row["id"]))
