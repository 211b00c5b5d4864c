"""Who may do what."""

from enum import StrEnum


class Role(StrEnum):
    """Each role may do what the ones before it may."""

    GUEST = "guest"
    TRAINER = "trainer"
    STAFF = "staff"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """True when this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)

    def at_most(self, limit: "Role") -> "Role":
        """The lower of both."""
        return limit if self.covers(limit) else self
