"""The built dashboard: compressed copies when there are some, hashed names for ever, one page for all screens."""

from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

FOREVER = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
SCREENS = (
    "/",
    "/devices",
    "/devices/{id}",
    "/kits",
    "/kits/{id}",
    "/data",
    "/lending",
    "/supplies",
    "/models",
    "/models/{id}",
    "/institutions",
    "/institutions/{id}",
    "/people",
    "/people/{id}",
    "/people/{id}/report",
    "/opening",
    "/inspections",
    "/reports",
    "/timeline",
    "/bookings/{id}",
    "/found",
    "/jobs",
    "/jobs/{id}",
    "/jobs/{id}/record",
    "/more",
    "/login",
    "/setup",
    "/find/{tag}",
)
LABEL_LINKS = ("/FIND/{tag}", "/I/{tag}", "/i/{tag}")
"""Addresses on labels: with the asset tag, and with a code."""

NOT_BUILT = """<!doctype html>
<html lang="de"><meta charset="utf-8"><title>MediaLab Hub</title>
<h1>Der Hub läuft, aber seine Oberfläche fehlt.</h1>
<p>Bitte auf dem Rechner des Hubs <code>make dashboard</code> ausführen und diese Seite neu laden.</p>
<h1 lang="en">The hub is running, but its screens are missing.</h1>
<p lang="en">Please run <code>make dashboard</code> on the computer of the hub and reload this page.</p>
</html>
"""
TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json"}


def make_router(folder: Path) -> APIRouter:
    """Routes for everything below `folder`, and the page for each screen."""
    router = APIRouter(include_in_schema=False)

    async def screen(request: Request) -> Response:
        page = folder / "index.html"
        if not page.is_file():
            return HTMLResponse(NOT_BUILT, status_code=503)
        return _file(request, page, "no-cache")

    async def asset(request: Request, path: str) -> Response:
        file = _inside(folder / "assets", path)
        return Response(status_code=404) if file is None else _file(request, file, FOREVER)

    async def root_file(request: Request, name: str) -> Response:
        file = _inside(folder, name)
        return Response(status_code=404) if file is None else _file(request, file, "no-cache")

    async def label_link(tag: str) -> Response:
        """The QR code of a label is in capitals."""
        return RedirectResponse(f"/find/{quote(tag)}", status_code=307)

    for link in LABEL_LINKS:
        router.add_api_route(link, label_link, methods=["GET", "HEAD"])
    for path in SCREENS:
        router.add_api_route(path, screen, methods=["GET", "HEAD"])
    router.add_api_route("/assets/{path:path}", asset, methods=["GET", "HEAD"])
    router.add_api_route("/{name}", root_file, methods=["GET", "HEAD"])
    return router


def _inside(folder: Path, name: str) -> Path | None:
    file = (folder / name).resolve()
    return file if file.is_relative_to(folder.resolve()) and file.is_file() else None


def _file(request: Request, file: Path, cache: str) -> Response:
    accepted = {part.split(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    media_type = TYPES.get(file.suffix)
    for encoding, ending in ENCODINGS:
        packed = file.with_name(file.name + ending)
        if encoding in accepted and packed.is_file():
            headers["Content-Encoding"] = encoding
            kind = media_type or FileResponse(file).media_type
            return FileResponse(packed, headers=headers, media_type=kind)
    return FileResponse(file, headers=headers, media_type=media_type)
