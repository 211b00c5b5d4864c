"""Errors as RFC 9457 problems, in both languages."""

import logging
from http import HTTPStatus

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from medialab_hub.api.schemas.base import Body
from medialab_hub.errors import Conflict, Forbidden, HubError, NotFound, NotSignedIn, TooMany
from medialab_wire.texts import Text

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class TooLarge(HubError):
    """The body of the request is too large."""

    status = 413


class Misdirected(HubError):
    """The hub does not go by this name."""

    status = 421


class InvalidInput(HubError):
    """Something in the request is not as it should be."""

    status = 422


SIGN_IN = NotSignedIn(
    "not-signed-in",
    Text(de="Sie sind nicht angemeldet.", en="You are not signed in."),
    Text(de="Bitte anmelden.", en="Please sign in."),
)
ROLE = Forbidden(
    "role-too-low",
    Text(de="Das ist Ihrem Konto nicht erlaubt.", en="Your account is not allowed to do this."),
    Text(de="Bitte jemanden aus dem Team oder der Verwaltung fragen.", en="Please ask staff or an administrator."),
)
FOREIGN = Forbidden(
    "foreign-request",
    Text(de="Diese Anfrage kam nicht von der Seite des Hubs.", en="This request did not come from the hub's own page."),
    Text(de="Bitte die Seite neu laden.", en="Please reload the page."),
)
TOO_OFTEN = TooMany(
    "too-often",
    Text(de="Zu viele Anfragen.", en="Too many requests."),
    Text(de="Bitte eine Minute warten.", en="Please wait a minute."),
)
TOO_LARGE = TooLarge("body-too-large", Text(de="Die Anfrage ist zu groß.", en="The request is too large."))
MISDIRECTED = Misdirected(
    "unknown-host",
    Text(de="Unter diesem Namen antwortet der Hub nicht.", en="The hub does not answer to this name."),
    Text(
        de="Die Verwaltung kann den Namen mit MEDIALAB_ALLOWED_HOSTS erlauben.",
        en="An administrator can allow the name with MEDIALAB_ALLOWED_HOSTS.",
    ),
)
_NOT_FOUND = NotFound("not-found", Text(de="Das gibt es nicht (mehr).", en="There is no such thing (any more)."))
_INVALID = InvalidInput(
    "invalid-input",
    Text(de="Eine Eingabe stimmt nicht.", en="Something in the input is not right."),
    Text(de="Bitte die genannten Felder prüfen.", en="Please check the fields named."),
)


def problem(error: HubError, errors: list[dict[str, str]] | None = None) -> Response:
    """The answer for an error."""
    remedy = error.remedy or Text(de="", en="")
    body = {
        "type": "about:blank",
        "title": error.title.en,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "title_de": error.title.de,
        "remedy": remedy.en,
        "remedy_de": remedy.de,
        "errors": errors or [],
    }
    return Response(orjson.dumps(body), status_code=error.status, media_type=MEDIA_TYPE)


def answer_problems(app: FastAPI) -> None:
    """Make every error of this app a problem."""
    app.add_exception_handler(HubError, _hub_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


async def _hub_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    return problem(error)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Only where and what is wrong: the input itself may be a password, also where a name is due.
    fields = [{"field": _where(found["loc"]), "text": str(found["msg"])} for found in error.errors()]
    return problem(_INVALID, fields)


def _where(place: tuple[str | int, ...]) -> str:
    """The names that are ours; those of a query, a header and so on always are."""
    is_ours = _names_of(Body) if place[:1] == ("body",) else frozenset(place)
    return ".".join(str(part) if isinstance(part, int) or part in is_ours else "…" for part in place[1:])


def _names_of(body: type[Body]) -> frozenset[str | int]:
    kinds = body.__subclasses__()
    return frozenset(body.model_fields).union(*map(_names_of, kinds))


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem(_NOT_FOUND)
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return problem(TOO_LARGE)
    phrase = HTTPStatus(error.status_code).phrase
    other = Conflict("http-error", Text(de=phrase, en=phrase))
    other.status = error.status_code
    return problem(other)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    unexpected = HubError(
        "internal-error",
        Text(de="Der Hub hat einen Fehler gemacht.", en="The hub made a mistake."),
        Text(
            de="Bitte noch einmal versuchen. Hilft das nicht, steht im Protokoll des Hubs mehr.",
            en="Please try again. If that does not help, the log of the hub tells more.",
        ),
    )
    unexpected.status = 500
    return problem(unexpected)
