"""Photos of answers to waiting steps: send, look at, erase."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Trainer
from medialab_hub.api.schemas.photos import PHOTO_ID, PhotoView
from medialab_hub.domain.jpeg import Flaw
from medialab_hub.domain.roles import Role
from medialab_hub.services import photos, views
from medialab_hub.services.photo_refusals import ERASED, FLAWS, NO_JPEG

router = APIRouter(tags=["photos"])

JPEG = "image/jpeg"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": 'attachment; filename="photo.jpg"',
}
"""Whatever the bytes may be taken for: they run nothing, and opened by themselves they are saved, not shown."""
PhotoPath = Annotated[str, Path(pattern=PHOTO_ID)]
_BODY = {"requestBody": {"required": True, "content": {JPEG: {"schema": {"type": "string", "format": "binary"}}}}}


@router.put("/jobs/{job_id}/photos/{photo_id}", response_model=PhotoView, openapi_extra=_BODY)
async def keep_photo(
    job_id: str,
    photo_id: PhotoPath,
    step: Annotated[str, Query(min_length=1, max_length=63)],
    request: Request,
    hub: HubDep,
    trainer: Trainer,
) -> Response:
    """A JPEG for a step that waits for a person: at most 1,000,000 bytes and 1600 pixels a side. Sent again, it is
    the same photo; another one for the step takes its place until the step is answered."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JPEG:
        raise NO_JPEG
    shot = await asyncio.to_thread(photos.developed, await whole(request))
    sent = photos.Sent(photo_id, job_id, step, shot)
    quota = hub.settings.photos_mb * 1_000_000
    await hub.writer.run(lambda uow: photos.keep(uow, sent, quota, trainer.id), durable=True)
    detail = await hub.read(lambda session: views.job_detail(session, job_id))
    found = [photo for photo in detail["photos"] if photo["id"] == photo_id]
    if not found:
        raise ERASED  # another one took its place meanwhile
    return as_json(found[0])


async def whole(request: Request) -> bytes:
    """The body. Raises `HubError` when the sender went away."""
    try:
        return await request.body()
    except ClientDisconnect as error:  # a phone that left the Wi-Fi; it sends it again
        raise FLAWS[Flaw.DAMAGED] from error


@router.get("/jobs/{job_id}/photos/{photo_id}", response_class=Response, responses={200: {"content": {JPEG: {}}}})
async def show_photo(job_id: str, photo_id: PhotoPath, hub: HubDep, _trainer: Trainer) -> Response:
    """The picture, for those who may see the job."""
    data = await hub.read(lambda session: photos.content(session, job_id, photo_id))
    return Response(data, media_type=JPEG, headers=HEADERS)


@router.delete("/jobs/{job_id}/photos/{photo_id}", status_code=204)
async def erase_photo(job_id: str, photo_id: PhotoPath, hub: HubDep, trainer: Trainer) -> Response:
    """Erase a photo: one's own until the step is answered, afterwards staff. The record keeps its checksum."""
    is_staff = trainer.role.covers(Role.STAFF)
    await hub.writer.run(lambda uow: photos.remove(uow, job_id, photo_id, trainer.id, is_staff=is_staff), durable=True)
    return Response(status_code=204)
