"""What somebody is in an institution, and whether anything is lent to them."""

from datetime import datetime
from enum import StrEnum

from medialab_wire.texts import Text


class MemberRole(StrEnum):
    """What a person does there."""

    HEAD = "head"
    RESPONSIBLE = "responsible"
    TEACHER = "teacher"
    EDUCATOR = "educator"
    STUDENT = "student"
    VOLUNTEER = "volunteer"
    OTHER = "other"


ROLES: dict[MemberRole, Text] = {
    MemberRole.HEAD: Text(de="Leitung", en="Head"),
    MemberRole.RESPONSIBLE: Text(de="Medienbeauftragte", en="Media coordinator"),
    MemberRole.TEACHER: Text(de="Lehrkraft", en="Teacher"),
    MemberRole.EDUCATOR: Text(de="Pädagogische Fachkraft", en="Educator"),
    MemberRole.STUDENT: Text(de="Schülerin oder Schüler", en="Pupil"),
    MemberRole.VOLUNTEER: Text(de="Ehrenamtlich", en="Volunteer"),
    MemberRole.OTHER: Text(de="Sonstiges", en="Other"),
}


class Standing(StrEnum):
    """Whether something may be lent to a person."""

    WELCOME = "welcome"
    BLOCKED = "blocked"
    RESTRICTED = "restricted"


def standing_of(restricted_at: datetime | None, blocked_until: datetime | None, now: datetime) -> Standing:
    """`restricted`: to be erased as soon as nothing is open any more; `blocked`: nothing is lent until a moment."""
    if restricted_at is not None:
        return Standing.RESTRICTED
    return Standing.BLOCKED if blocked_until is not None and blocked_until > now else Standing.WELCOME
