"""The web application: routers behind the gate."""

import json

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp

from medialab_hub.api import static
from medialab_hub.api.deps import Parts
from medialab_hub.api.gate import Gate
from medialab_hub.api.hosts import KnownHosts
from medialab_hub.api.problems import answer_problems
from medialab_hub.api.routers import ROUTERS, system
from medialab_hub.api.schemas.base import Problem
from medialab_hub.settings import VERSION

PREFIX = "/api/v1"


def describe() -> FastAPI:
    """The application without its parts: enough for its description."""
    app = FastAPI(
        title="MediaLab Hub",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        responses={"default": {"model": Problem, "description": "RFC 9457 problem"}},
    )
    answer_problems(app)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.include_router(system.api_description)
    app.add_api_route("/healthz", system.show_health, include_in_schema=False)
    return app


def openapi_text() -> str:
    """The description of the API; docs/generated/openapi.json is this text."""
    return json.dumps(describe().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def make_app(parts: Parts) -> ASGIApp:
    """The application to serve."""
    app = describe()
    app.state.parts = parts
    app.include_router(static.make_router(parts.static))
    return Gate(app, parts.admission, KnownHosts(parts.settings), parts.clock.monotonic)


def _operation_id(route: APIRoute) -> str:
    return route.name
