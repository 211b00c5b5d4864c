"""Signing in and out, the own password, and the first run."""

from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import ASKING, HubDep, Parts, Signed
from medialab_hub.api.gate import client_address, cookie_name, session_secret
from medialab_hub.api.schemas.accounts import LanguageChoice, Login, PasswordChange, SessionView, Setup
from medialab_hub.api.sessions import session_view
from medialab_hub.domain.roles import Role
from medialab_hub.services.accounts import Person
from medialab_hub.services.admission import SignedIn

router = APIRouter(tags=["session"])


@router.get("/session", response_model=SessionView)
async def show_session(request: Request, hub: HubDep, principal: ASKING) -> Response:
    """Who is signed in. Tells strangers no more than how to sign in."""
    return as_json(session_view(request, hub, principal))


@router.post("/session", response_model=SessionView)
async def sign_in(request: Request, body: Login, hub: HubDep) -> Response:
    """Sign in; sets the session cookie."""
    old = session_secret(request.scope, Headers(scope=request.scope))
    signed_in = await hub.admission.sign_in(body.name, body.password, client_address(request.scope), old)
    return _welcome(request, hub, signed_in)


@router.post("/setup", response_model=SessionView)
async def set_up(request: Request, body: Setup, hub: HubDep) -> Response:
    """Use the link of the first run: create the first admin and sign in."""
    password_hash = await hub.admission.passwords.hash(body.password)
    person = Person(body.name, Role.ADMIN, password_hash)
    signed_in = await hub.admission.set_up(body.token, person, body.centre, body.language)
    return _welcome(request, hub, signed_in)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, hub: HubDep, principal: Signed) -> Response:
    """Sign out; the session ends on the server, not only in the browser."""
    await hub.admission.sign_out(principal)
    response = Response(status_code=204)
    response.delete_cookie(
        cookie_name(request.url.scheme), httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return response


@router.put("/session/language", status_code=204)
async def choose_language(body: LanguageChoice, hub: HubDep, principal: Signed) -> Response:
    """Choose the language of the own screens, on whatever computer."""
    await hub.admission.choose_language(principal, body.language)
    return Response(status_code=204)


@router.post("/session/password", status_code=204)
async def change_password(request: Request, body: PasswordChange, hub: HubDep, principal: Signed) -> Response:
    """Choose another password; all other sessions of this account end."""
    await hub.admission.change_password(principal, body.current, body.new, client_address(request.scope))
    return Response(status_code=204)


def _welcome(request: Request, hub: Parts, signed_in: SignedIn) -> Response:
    response = as_json(session_view(request, hub, signed_in.principal))
    is_https = request.url.scheme == "https"
    response.set_cookie(
        cookie_name(request.url.scheme), signed_in.secret, httponly=True, samesite="strict", secure=is_https, path="/"
    )
    return response
