"""Accounts of people and tokens of programs; for administrators."""

import secrets

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import Admin, HubDep
from medialab_hub.api.schemas.accounts import NewToken, NewUser, TokenView, UserChange, UserView
from medialab_hub.domain.roles import Role
from medialab_hub.services import accounts
from medialab_hub.services.admission import hash_secret
from medialab_hub.storage import accounts as rows
from medialab_hub.storage.tables.accounts import ApiToken, User

router = APIRouter(tags=["accounts"])


@router.get("/users", response_model=list[UserView])
async def list_users(hub: HubDep, _admin: Admin) -> Response:
    """All accounts."""
    return as_json(await hub.read(lambda session: [_user(user) for user in rows.users(session)]))


@router.post("/users", response_model=UserView, status_code=201)
async def add_user(body: NewUser, hub: HubDep, admin: Admin) -> Response:
    """A new account."""
    person = accounts.Person(body.name, body.role, await hub.admission.passwords.hash(body.password))
    user = await hub.writer.run(lambda uow: _user(accounts.add_user(uow, person, admin.id)), durable=True)
    return as_json(user, 201)


@router.patch("/users/{user_id}", response_model=UserView)
async def change_user(user_id: str, body: UserChange, hub: HubDep, admin: Admin) -> Response:
    """Change role or password, lock or unlock; the person is signed out everywhere."""
    password_hash = None if body.password is None else await hub.admission.passwords.hash(body.password)
    user = await hub.writer.run(
        lambda uow: _user(
            accounts.change_user(
                uow, user_id, admin.id, role=body.role, password_hash=password_hash, disabled=body.disabled
            )
        ),
        durable=True,
    )
    await hub.admission.load()
    return as_json(user)


@router.delete("/users/{user_id}", status_code=204)
async def delete_user(user_id: str, hub: HubDep, admin: Admin) -> Response:
    """The account, its sessions and the tokens it made are gone; records keep a pseudonym without a name."""
    await hub.writer.run(lambda uow: accounts.delete_user(uow, user_id, admin.id), durable=True)
    await hub.admission.load()
    return Response(status_code=204)


@router.get("/tokens", response_model=list[TokenView])
async def list_tokens(hub: HubDep, _admin: Admin) -> Response:
    """Tokens that were not revoked; never their secrets."""
    return as_json(await hub.read(lambda session: [_token(token) for token in rows.unrevoked_tokens(session)]))


@router.post("/tokens", response_model=TokenView, status_code=201)
async def add_token(body: NewToken, hub: HubDep, admin: Admin) -> Response:
    """A new token; its secret is in this answer and nowhere else."""
    secret = f"mlh_{secrets.token_urlsafe(24)}"
    token = await hub.writer.run(
        lambda uow: _token(accounts.add_token(uow, body.label, body.role, hash_secret(secret), admin.id)), durable=True
    )
    await hub.admission.load()
    return as_json(token.model_copy(update={"secret": secret}), 201)


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: str, hub: HubDep, admin: Admin) -> Response:
    """The token no longer opens anything."""
    await hub.writer.run(lambda uow: accounts.revoke_token(uow, token_id, admin.id), durable=True)
    await hub.admission.load()
    return Response(status_code=204)


def _user(user: User) -> UserView:
    return UserView(id=user.id, name=user.name, role=Role(user.role), disabled=user.disabled, created=user.created_at)


def _token(token: ApiToken) -> TokenView:
    return TokenView(
        id=token.id, label=token.label, role=Role(token.role), created=token.created_at, last_used=token.used_at
    )
