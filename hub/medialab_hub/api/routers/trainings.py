"""Who was trained for what."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff
from medialab_hub.api.schemas.trainings import NewTraining, TrainingMade, TrainingView
from medialab_hub.services import trainings
from medialab_hub.services.trainings import Proof

router = APIRouter(tags=["people"])
PRIVATE = {"Cache-Control": "no-store"}


@router.get("/people/{person_id}/trainings", response_model=list[TrainingView])
async def list_trainings(person_id: str, hub: HubDep, _staff: Staff) -> Response:
    """What a person was trained for, the newest first."""
    rows = await hub.read(lambda session: trainings.of_person(session, person_id))
    return as_json(rows, headers=PRIVATE)


@router.post("/people/{person_id}/trainings", response_model=TrainingMade, status_code=201)
async def add_training(person_id: str, body: NewTraining, hub: HubDep, staff: Staff) -> Response:
    """You saw that the person was trained, or a proof of competence."""
    proof = Proof(**body.model_dump())
    key = await hub.writer.run(lambda uow: trainings.add(uow, person_id, proof, staff.id), durable=True)
    return as_json({"training": key}, 201)


@router.delete("/trainings/{training_id}", status_code=204)
async def remove_training(training_id: str, hub: HubDep, staff: Staff) -> Response:
    """It was entered by mistake, or no longer counts."""
    await hub.writer.run(lambda uow: trainings.remove(uow, training_id, staff.id), durable=True)
    return Response(status_code=204)
