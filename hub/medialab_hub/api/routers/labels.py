"""Labels to print."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from medialab_hub.api.deps import HubDep, Staff
from medialab_hub.errors import NotFound
from medialab_hub.services.accounts import LANGUAGE
from medialab_hub.services.codes import titled
from medialab_wire.texts import Text

router = APIRouter(tags=["labels"])

MOST = 1000
"""Devices, and codes, in one PDF."""


@router.get("/labels.pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
async def print_labels(
    hub: HubDep,
    _staff: Staff,
    devices: Annotated[str, Query(max_length=40 * MOST)] = "",
    codes: Annotated[str, Query(max_length=10 * MOST)] = "",
    sheet: str = "a4-55",
) -> Response:
    """A PDF with one label for each of these devices (ids separated by commas) and of these codes; `sheet` is `a4-55`
    or `single`."""
    rows = [hub.fleet.row(key) for key in devices.split(",")[:MOST] if key]
    labels = [(row["asset_tag"], row["name"]) for row in rows if row is not None and row["asset_tag"]]
    wanted = [code for code in codes.split(",")[:MOST] if code]
    if wanted:
        labels += await hub.read(lambda session: [titled(session, code) for code in wanted])
    if not labels:
        raise NotFound(
            "no-labels",
            Text(de="Keines dieser Geräte hat ein Etikett.", en="None of these devices has a label."),
            Text(de="Ein Gerät bekommt eins, wenn es aufgenommen wird.", en="A device gets one when it is adopted."),
        )
    language = hub.admission.settings.get(LANGUAGE, "de")
    pdf = await asyncio.to_thread(hub.labels.make, labels, sheet, language)
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": 'inline; filename="labels.pdf"'})
