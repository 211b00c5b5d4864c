"""People, sessions and API tokens."""

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.roles import Role


class Setup(Body):
    """First run: the single-use token of the printed link creates the first admin and signs in."""

    token: str
    name: str = Field(min_length=2, max_length=60)
    password: str = Field(min_length=10, max_length=200)
    centre: str = Field(min_length=1, max_length=120)
    language: str = Field(default="de", pattern="^(de|en)$")


class Login(Body):
    """Sign in."""

    name: str = Field(max_length=60)
    password: str = Field(max_length=200)


class PasswordChange(Body):
    """Choose another password for the own account."""

    current: str = Field(max_length=200)
    new: str = Field(min_length=10, max_length=200)


class LanguageChoice(Body):
    """The language the signed-in person wants to read."""

    language: str = Field(pattern="^(de|en)$")


class SessionView(BaseModel):
    """Who is signed in. Public: without a session only `setup_needed`, `centre` and `language` tell anything."""

    authenticated: bool
    setup_needed: bool = False
    centre: str = ""
    language: str = "de"
    chosen_language: str = ""
    """What the signed-in person chose; empty: nothing yet."""
    timezone: str = ""
    """IANA name of the time zone of the lab, in which people read times."""
    user: str | None = None
    name: str = ""
    role: Role | None = None
    csrf: str = ""
    """Send it as `X-CSRF-Token` with every change."""
    insecure: bool = False
    """True on plain HTTP beyond this machine: show the warning."""


class UserView(BaseModel):
    """One account."""

    id: str
    name: str
    role: Role
    disabled: bool = False
    created: Instant


class NewUser(Body):
    """A new account."""

    name: str = Field(min_length=2, max_length=60)
    password: str = Field(min_length=10, max_length=200)
    role: Role


class UserChange(Body):
    """Change role, password or lock an account."""

    role: Role | None = None
    password: str | None = Field(default=None, min_length=10, max_length=200)
    disabled: bool | None = None


class TokenView(BaseModel):
    """An API token; `secret` is shown once, when it is made."""

    id: str
    label: str
    role: Role
    created: Instant
    last_used: Instant | None = None
    secret: str | None = None


class NewToken(Body):
    """A token for a program; use it as `Authorization: Bearer …`."""

    label: str = Field(min_length=1, max_length=60)
    role: Role
