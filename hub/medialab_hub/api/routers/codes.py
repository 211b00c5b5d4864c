"""Labels: made, claimed, read."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.codes import Claim, CodesMade, CodesOn, CodesWanted, CodeView, Reading
from medialab_hub.domain.scanning import CodeNoun
from medialab_hub.services import codes

router = APIRouter(tags=["codes"])


@router.post("/codes", response_model=CodesMade, status_code=201)
async def make(body: CodesWanted, hub: HubDep, staff: Staff) -> Response:
    """Codes for labels that are printed before anybody knows what for."""
    made = await hub.writer.run(lambda uow: codes.make(uow, body.count, staff.id), durable=True)
    return as_json({"codes": made}, 201)


@router.get("/codes", response_model=CodesOn)
async def list_codes(noun: CodeNoun, subject: str, hub: HubDep, _trainer: Trainer) -> Response:
    """The labels that stick on one thing."""
    return as_json({"codes": list(await hub.read(lambda session: codes.on(session, noun, subject)))})


@router.post("/codes/read", response_model=CodeView)
async def read(body: Reading, hub: HubDep, _trainer: Trainer) -> Response:
    """What a scanned or typed text is on; nothing changes."""
    return as_json(_view(await hub.read(lambda session: codes.label(session, body.raw))))


@router.get("/codes/{code}", response_model=CodeView)
async def get_code(code: str, hub: HubDep, _trainer: Trainer) -> Response:
    """A label."""
    return as_json(_view(await hub.read(lambda session: codes.label(session, code))))


@router.put("/codes/{code}", response_model=CodeView)
async def claim(code: str, body: Claim, hub: HubDep, staff: Staff) -> Response:
    """The label sticks on this thing from now on; 409 when it sticks on another."""
    thing = (body.noun, body.subject)
    await hub.writer.run(lambda uow: codes.claim(uow, code, thing, staff.id, body.instead_of), durable=True)
    return as_json(_view(await hub.read(lambda session: codes.label(session, code))))


def _view(label: codes.Label) -> CodeView:
    return CodeView(code=label.code, noun=label.noun, subject=label.subject)
