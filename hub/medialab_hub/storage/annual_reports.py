"""Finds what a yearly report is made of, besides loans and refused wishes."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, col, or_

from medialab_hub.domain.loan_facts import Owned
from medialab_hub.storage.tables import Acquisition, Device


def owned_between(session: Session, start: datetime, end: datetime) -> list[Owned]:
    """Every device that belonged to the inventory at some moment of the half-open time."""
    query = columns(col(Device.id), col(Device.model_id), col(Device.adopted_at), col(Device.retired_at)).where(
        col(Device.adopted_at) < end,
        or_(col(Device.retired_at).is_(None), col(Device.retired_at) >= start),
        col(Device.merged_into).is_(None),
    )
    rows = session.connection().execute(query)
    return [Owned(device, model, since, until) for device, model, since, until in rows if since is not None]


class Funded(NamedTuple):
    """Who paid for a device, and until when it must be used for that."""

    programme: str
    bound_until: date | None


def funded(session: Session) -> dict[str, Funded]:
    """By device, those of which it is known."""
    query = columns(col(Acquisition.device_id), col(Acquisition.programme), col(Acquisition.bound_until))
    rows = session.connection().execute(query.where(col(Acquisition.programme) != ""))
    return {device: Funded(programme, bound) for device, programme, bound in rows}
