"""Mails to borrowers: staff see what did not get through, try again, or put it aside."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff
from medialab_hub.api.schemas.mails import MailsView
from medialab_hub.services import mail_rows, mails

router = APIRouter(tags=["mails"])


@router.get("/mails", response_model=MailsView)
async def list_mails(hub: HubDep, _staff: Staff, booking: str | None = None) -> Response:
    """Mails that did not get through, or not yet; with `booking` all about it."""
    found = await hub.read(
        mail_rows.in_trouble if booking is None else lambda session: mail_rows.of_booking(session, booking)
    )
    return as_json({"is_on": bool(hub.settings.smtp_host), "mails": found})


@router.post("/mails/{mail_id}/again", status_code=204)
async def send_again(mail_id: str, hub: HubDep, staff: Staff) -> Response:
    """Try it again from the beginning; what was wrong has been mended."""
    await hub.writer.run(lambda uow: mails.try_again(uow, mail_id, staff.id), durable=True)
    return Response(status_code=204)


@router.delete("/mails/{mail_id}", status_code=204)
async def put_mail_aside(mail_id: str, hub: HubDep, staff: Staff) -> Response:
    """The person was told in another way: it is not sent any more."""
    await hub.writer.run(lambda uow: mails.give_up(uow, mail_id, staff.id), durable=True)
    return Response(status_code=204)
