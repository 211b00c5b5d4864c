"""Mails to borrowers."""

from pydantic import BaseModel

from medialab_hub.domain.mails import MailState, Occasion, Trouble


class MailView(BaseModel):
    """One mail about a booking. To whom it went and what it said is not kept."""

    id: str
    booking: str
    occasion: Occasion
    state: MailState
    tries: int
    trouble: Trouble | None = None
    """Why the last try failed."""
    reply: int | None = None
    """Code of three digits that the mail server answered."""
    next: str | None = None
    sent: str | None = None


class MailsView(BaseModel):
    """`is_on`: there is a mail server."""

    is_on: bool
    mails: list[MailView]
