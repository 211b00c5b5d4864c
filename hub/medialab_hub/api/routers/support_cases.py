"""Questions and defects, and the card that guests see behind a label."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Trainer
from medialab_hub.api.schemas.support_cases import GuestCard, GuestReport, NewSupportCase, SupportCaseView, SupportWords
from medialab_hub.services import guest_cards, support_case_rows, support_cases

router = APIRouter(tags=["support"])


@router.get("/support-cases", response_model=list[SupportCaseView])
async def list_support_cases(
    hub: HubDep, _trainer: Trainer, device: str | None = None, is_open: bool | None = None
) -> Response:
    """The latest first; of one device, open or closed ones only."""
    return as_json(await hub.read(lambda session: support_case_rows.find(session, device, is_open=is_open)))


@router.post("/support-cases", status_code=201, response_model=list[SupportCaseView])
async def begin_support_case(body: NewSupportCase, hub: HubDep, trainer: Trainer) -> Response:
    """Tell of a device; answers all its cases."""
    await hub.writer.run(
        lambda uow: support_cases.begin(uow, body.device, body.topic, body.words, trainer.id), durable=True
    )
    return as_json(await hub.read(lambda session: support_case_rows.find(session, body.device, is_open=None)), 201)


@router.post("/support-cases/{case_id}/entries", status_code=204)
async def answer_support_case(case_id: str, body: SupportWords, hub: HubDep, trainer: Trainer) -> Response:
    """Write one more line into it."""
    await hub.writer.run(lambda uow: support_cases.answer(uow, case_id, body.words, trainer.id), durable=True)
    return Response(status_code=204)


@router.post("/support-cases/{case_id}/close", status_code=204)
async def close_support_case(case_id: str, body: SupportWords, hub: HubDep, trainer: Trainer) -> Response:
    """It is settled."""
    await hub.writer.run(lambda uow: support_cases.close(uow, case_id, body.words, trainer.id), durable=True)
    return Response(status_code=204)


@router.get("/guest/cards/{code}", response_model=GuestCard)
async def show_guest_card(code: str, hub: HubDep) -> Response:
    """What a label is on, for everybody on the lab's network."""
    zone, now = ZoneInfo(hub.settings.timezone), hub.clock.now()
    return as_json(await hub.read(lambda session: guest_cards.card(session, code, zone, now)))


@router.post("/guest/cards/{code}/reports", status_code=204)
async def tell_as_guest(code: str, body: GuestReport, hub: HubDep) -> Response:
    """Report a defect, ask something, or ask to keep it longer, without an account; staff find it under today."""
    await hub.writer.run(lambda uow: guest_cards.tell(uow, code, body.device, body.topic, body.words), durable=True)
    return Response(status_code=204)
