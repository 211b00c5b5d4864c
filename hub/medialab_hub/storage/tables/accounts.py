"""People who sign in, their sessions, tokens for programs, and settings of the centre."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment


class User(SQLModel, table=True):
    """An account. `name_key` is the folded name, so that two accounts never look alike."""

    __tablename__ = "user_account"
    id: str = Field(primary_key=True)
    name: str
    name_key: str = Field(unique=True)
    role: str
    password_hash: str
    disabled: bool = False
    language: str = ""
    """The one this person chose; empty: none yet."""
    created_at: Moment = moment()


class LoginSession(SQLModel, table=True):
    """A signed-in browser; only the hash of its secret is kept."""

    __tablename__ = "login_session"
    secret_hash: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="user_account.id", index=True)
    csrf: str
    created_at: Moment = moment()
    used_at: Moment = moment()


class ApiToken(SQLModel, table=True):
    """A token for a program; only its hash is kept."""

    __tablename__ = "api_token"
    id: str = Field(primary_key=True)
    label: str
    role: str
    secret_hash: str = Field(unique=True)
    made_by: str = Field(index=True)
    """The account that made it, itself or with a token; its end is the token's end. Else `command-line`."""
    created_at: Moment = moment()
    used_at: Moment | None = moment(optional=True)
    revoked_at: Moment | None = moment(optional=True)


class FirstAdminLink(SQLModel, table=True):
    """The single-use link of the first run; void once an admin exists."""

    __tablename__ = "first_admin_link"
    secret_hash: str = Field(primary_key=True)
    created_at: Moment = moment()
    used_at: Moment | None = moment(optional=True)


class Setting(SQLModel, table=True):
    """A setting of the centre, such as its name and language."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True)
    value: str
