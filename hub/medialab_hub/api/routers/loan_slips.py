"""Loan slips to print and sign."""

import asyncio
from typing import Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.deps import HubDep, Staff
from medialab_hub.domain.loan_slips import SlipPaper
from medialab_hub.services.accounts import CENTRE, LANGUAGE
from medialab_hub.services.loan_slips import slip_of

router = APIRouter(tags=["bookings"])


@router.get(
    "/bookings/{booking_id}/slip.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_slip(
    booking_id: str,
    hub: HubDep,
    _staff: Staff,
    language: Literal["de", "en"] | None = None,
    paper: SlipPaper = SlipPaper.LOAN,
) -> Response:
    """The loan slip of a booking as tagged PDF; without `language` in the one of the lab. `paper`: or its packing slip,
    which names no person, or the receipt of what is back."""
    settings = hub.admission.settings
    slip = await hub.read(lambda session: slip_of(session, booking_id, settings.get(CENTRE) or "MediaLab"))
    chosen = language or settings.get(LANGUAGE, "de")
    pdf = await asyncio.to_thread(hub.loan_slips.make, slip, paper, chosen, ZoneInfo(hub.settings.timezone))
    # The name says nothing about a person: it stays in the list of what a browser has loaded.
    headers = {"Content-Disposition": f'inline; filename="{slip.booking}.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)
