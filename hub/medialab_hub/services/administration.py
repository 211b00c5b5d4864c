"""What an administrator can do from the command line, with or without a running hub."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from medialab_hub.domain import accounts as rules
from medialab_hub.domain.roles import Role
from medialab_hub.errors import NotFound
from medialab_hub.services import accounts
from medialab_hub.services.admission import Admission, hash_secret
from medialab_hub.services.audit import audit
from medialab_hub.services.erasure import erase_texts
from medialab_hub.storage import accounts as rows
from medialab_hub.storage.tables.accounts import User
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_hub.storage.writer import Writer
from medialab_wire.texts import Text

Arguments = Mapping[str, Any]
Result = dict[str, Any]

ACTOR = rows.COMMAND_LINE
"""Written to the journal."""


class Administration:
    """The commands, by name."""

    def __init__(self, writer: Writer, admission: Admission) -> None:
        self._writer, self._admission = writer, admission

    def commands(self) -> dict[str, Callable[[Arguments], Awaitable[Result]]]:
        """Name and command."""
        return {
            "token create": self.create_token,
            "token list": self.list_tokens,
            "token revoke": self.revoke_token,
            "user list": self.list_users,
            "user add": self.add_user,
            "user set": self.set_user,
            "user lock": lambda arguments: self._lock(arguments, is_locked=True),
            "user unlock": lambda arguments: self._lock(arguments, is_locked=False),
            "user delete": self.delete_user,
            "erase": self.erase,
            "check": self.check,
        }

    async def create_token(self, arguments: Arguments) -> Result:
        """`role`, `label` → `id`, `token`."""
        secret = f"mlh_{secrets.token_urlsafe(24)}"
        role = Role(arguments["role"])
        key = await self._writer.run(
            lambda uow: accounts.add_token(uow, arguments["label"], role, hash_secret(secret), ACTOR).id, durable=True
        )
        await self._admission.load()
        return {"id": key, "token": secret}

    async def list_tokens(self, _arguments: Arguments) -> Result:
        """All tokens that were not revoked."""
        return await self._writer.run(
            lambda uow: {"tokens": [f"{t.id} {t.role} {t.label}" for t in rows.unrevoked_tokens(uow.session)]}
        )

    async def revoke_token(self, arguments: Arguments) -> Result:
        """`id`."""
        await self._writer.run(lambda uow: accounts.revoke_token(uow, arguments["id"], ACTOR), durable=True)
        await self._admission.load()
        return {}

    async def list_users(self, _arguments: Arguments) -> Result:
        """All accounts."""
        return await self._writer.run(
            lambda uow: {
                "users": [
                    f"{user.id} {user.role} {user.name}{' (locked)' if user.disabled else ''}"
                    for user in rows.users(uow.session)
                ]
            }
        )

    async def add_user(self, arguments: Arguments) -> Result:
        """`name`, `role`, `password` → `id`."""
        password_hash = await self._admission.passwords.hash(arguments["password"])
        person = accounts.Person(arguments["name"], Role(arguments["role"]), password_hash)
        key = await self._writer.run(lambda uow: accounts.add_user(uow, person, ACTOR).id, durable=True)
        await self._admission.load()
        return {"id": key}

    async def set_user(self, arguments: Arguments) -> Result:
        """`name`, and a new `role` or `password`."""
        password, role = arguments.get("password"), arguments.get("role")
        password_hash = await self._admission.passwords.hash(password) if password else None
        return await self._change(arguments, Role(role) if role else None, password_hash, None)

    async def delete_user(self, arguments: Arguments) -> Result:
        """`name`."""
        await self._writer.run(
            lambda uow: accounts.delete_user(uow, _named(uow, arguments["name"]).id, ACTOR), durable=True
        )
        await self._admission.load()
        return {}

    async def erase(self, arguments: Arguments) -> Result:
        """`id` of a device, job, allocation or account → how many texts were `erased`."""
        erased = await self._writer.run(lambda uow: erase_texts(uow, arguments["id"], ACTOR), durable=True)
        return {"erased": str(erased)}

    async def check(self, _arguments: Arguments) -> Result:
        """Whether the chain of the journal is whole and every record fits its checksum."""
        found_out = await self._writer.run(lambda uow: audit(uow.session))
        found = [] if found_out.broken_at is None else [f"journal broken at {found_out.broken_at}"]
        found += [f"record of {job} changed" for job in found_out.changed_records]
        return {"check": "; ".join(found) or "ok"}

    async def _lock(self, arguments: Arguments, *, is_locked: bool) -> Result:
        return await self._change(arguments, None, None, is_locked)

    async def _change(
        self, arguments: Arguments, role: Role | None, password_hash: str | None, disabled: bool | None
    ) -> Result:
        def use_case(uow: UnitOfWork) -> str:
            user = _named(uow, arguments["name"])
            accounts.change_user(uow, user.id, ACTOR, role=role, password_hash=password_hash, disabled=disabled)
            return user.id

        key = await self._writer.run(use_case, durable=True)
        await self._admission.load()
        return {"id": key}


def _named(uow: UnitOfWork, name: str) -> User:
    user = rows.user_of_key(uow.session, rules.name_key(name))
    if user is None:
        raise NotFound("user-unknown", Text(de="Dieses Konto gibt es nicht.", en="There is no such account."))
    return user
