"""The session type, for those who pass it on without speaking SQL."""

from sqlmodel import Session

__all__ = ["Session"]
