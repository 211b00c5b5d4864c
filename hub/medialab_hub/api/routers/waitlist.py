"""The waitlist: who came first is offered what becomes free."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.waitlist import NewWait, WaitMade, WaitView
from medialab_hub.services import freedom, waitlist
from medialab_hub.services.waitlist import Waiting
from medialab_hub.services.waitlist_rows import every_open

router = APIRouter(tags=["waitlist"])


@router.get("/waitlist", response_model=list[WaitView])
async def list_waitlist(hub: HubDep, _trainer: Trainer) -> Response:
    """Who waits or was offered something, in the order in which they came."""
    return as_json(await hub.read(every_open))


@router.post("/waitlist", response_model=WaitMade, status_code=201)
async def wait(body: NewWait, hub: HubDep, trainer: Trainer) -> Response:
    """Wait in line for what is not free."""
    wish = Waiting(
        model=body.model,
        interval=freedom.asked(body.starts, body.ends),
        quantity=body.quantity,
        institution=body.institution,
        person=body.person,
        offer_h=hub.settings.waitlist_hold_h,
    )
    key = await hub.writer.run(lambda uow: waitlist.wait(uow, wish, trainer.id), durable=True)
    return as_json({"waiting": key}, 201)


@router.delete("/waitlist/{entry_id}", status_code=204)
async def withdraw(entry_id: str, hub: HubDep, staff: Staff) -> Response:
    """They no longer want it; what was offered goes to the next."""
    await hub.writer.run(lambda uow: waitlist.withdraw(uow, entry_id, staff.id), durable=True)
    return Response(status_code=204)
