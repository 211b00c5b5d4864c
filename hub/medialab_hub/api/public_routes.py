"""The one list of routes that answer without a session; everything else is refused before it is looked up."""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class PublicRoute:
    """A route open to everybody. `secret` is what guards it, `expires` how long that lasts; at most `per_minute`
    requests from one address."""

    method: str
    path: str
    """Regular expression for the whole path."""
    secret: str = "none"  # noqa: S105 - a description
    expires: str = "never"
    per_minute: int = 600


PUBLIC: tuple[PublicRoute, ...] = (
    PublicRoute("GET", r"(/api/v1)?/healthz", per_minute=120),
    PublicRoute("GET", r"/api/v1/session", per_minute=240),
    PublicRoute("POST", r"/api/v1/session", secret="name and password", per_minute=30),  # noqa: S106
    PublicRoute("POST", r"/api/v1/setup", secret="single-use link", expires="15 minutes", per_minute=20),  # noqa: S106
    PublicRoute("GET", r"/api/v1/calendar/[^/]+", secret="192 random bits", expires="revoked", per_minute=120),  # noqa: S106
    PublicRoute("GET", r"/api/v1/guest/cards/[^/]+", per_minute=60),
    PublicRoute("POST", r"/api/v1/guest/cards/[^/]+/reports", per_minute=6),
    # The screens without any data, and their scripts; they ask the API like everybody else. A screen is some forty
    # small files, and a class behind one address opens it at once.
    PublicRoute(
        "GET", r"/(assets/.+|[A-Za-z0-9_.-]+\.(js|css|svg|png|ico|json|webmanifest|wasm|txt|woff2))", per_minute=6000
    ),
    PublicRoute(
        "GET",
        r"/((devices|kits|models|institutions|people)(/[^/]+)?|people/[^/]+/report|opening|inspections|reports|timeline|data|lending|supplies|bookings/[^/]+|found|jobs(/[^/]+(/record)?)?|more|login|setup"
        r"|find/[^/]+|FIND/[^/]+|[Ii]/[^/]+)?",
    ),
)

_COMPILED = tuple((route, re.compile(route.path)) for route in PUBLIC)


LONGEST_KEPT = 200
"""Characters of a path whose answer is remembered; strangers choose paths, and long ones would fill the memory."""


def find_public(method: str, path: str) -> PublicRoute | None:
    """The public route for this request, or None. HEAD counts as GET."""
    wanted = "GET" if method == "HEAD" else method
    return _find_again(wanted, path) if len(path) <= LONGEST_KEPT else _find(wanted, path)


def _find(method: str, path: str) -> PublicRoute | None:
    return next((route for route, path_re in _COMPILED if route.method == method and path_re.fullmatch(path)), None)


_find_again = lru_cache(maxsize=1024)(_find)
