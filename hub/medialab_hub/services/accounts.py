"""Use cases of accounts: first admin, signing in and out, people, tokens. Each is written to the journal."""

from dataclasses import dataclass

from medialab_hub.domain import accounts as rules
from medialab_hub.domain.events import Happened
from medialab_hub.domain.roles import Role
from medialab_hub.errors import Conflict, Forbidden, NotFound
from medialab_hub.storage import accounts as rows
from medialab_hub.storage.tables.accounts import ApiToken, FirstAdminLink, LoginSession, User
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

CENTRE, LANGUAGE = "centre", "language"
"""Keys of the settings a first run stores."""


@dataclass(frozen=True)
class Person:
    """What a new account consists of; the password is already hashed."""

    name: str
    role: Role
    password_hash: str


def offer_first_admin_link(uow: UnitOfWork, secret_hash: str) -> None:
    """Make the link of the first run; earlier ones become void. Raises Conflict once an admin exists."""
    if rows.has_admin(uow.session):
        raise Conflict(
            "setup-done",
            Text(de="Es gibt schon eine Verwaltung.", en="There is an administrator already."),
            Text(
                de="Ein vergessenes Passwort setzt „medialab-hub admin user“ neu.",
                en="“medialab-hub admin user” sets a forgotten password.",
            ),
        )
    rows.replace_link(uow.session, FirstAdminLink(secret_hash=secret_hash, created_at=uow.now))


def set_up(uow: UnitOfWork, secret_hash: str, person: Person, centre: str, language: str) -> User:
    """Use the link of the first run: create the first admin. Raises Forbidden when the link is void."""
    link = uow.session.get(FirstAdminLink, secret_hash)
    is_void = link is None or link.used_at is not None or rules.is_link_over(link.created_at, uow.now)
    if link is None or is_void or rows.has_admin(uow.session):
        raise Forbidden(
            "setup-link-void",
            Text(de="Dieser Link gilt nicht mehr.", en="This link is no longer valid."),
            Text(
                de="Der Hub zeigt beim Start einen neuen Link; „medialab-hub admin link“ auch.",
                en="The hub prints a new link when it starts; “medialab-hub admin link” shows one, too.",
            ),
        )
    link.used_at = uow.now
    rows.set_setting(uow.session, CENTRE, centre)
    rows.set_setting(uow.session, LANGUAGE, language)
    return add_user(uow, person, actor="setup")


def add_user(uow: UnitOfWork, person: Person, actor: str) -> User:
    """Create an account. Raises Conflict when the name is taken or looks like one that is."""
    key = rules.name_key(person.name)
    if rows.user_of_key(uow.session, key) is not None:
        raise Conflict("name-taken", Text(de="Diesen Namen gibt es schon.", en="This name is taken already."))
    user = User(
        id=uow.new_id("usr"),
        name=person.name.strip(),
        name_key=key,
        role=person.role,
        password_hash=person.password_hash,
        created_at=uow.now,
    )
    uow.session.add(user)
    uow.record(Happened.USER_ADDED, user.id, actor, role=person.role)
    return user


def change_user(
    uow: UnitOfWork, user_id: str, actor: str, *, role: Role | None, password_hash: str | None, disabled: bool | None
) -> User:
    """Change what is given; the person is signed out everywhere. Raises Conflict when no admin would be left."""
    user = _user(uow, user_id)
    user.role = user.role if role is None else role
    user.password_hash = user.password_hash if password_hash is None else password_hash
    user.disabled = user.disabled if disabled is None else disabled
    _require_admin(uow)
    rows.delete_sessions(uow.session, user_id)
    what = {"role": user.role, "disabled": user.disabled, "password": password_hash is not None}
    uow.record(Happened.USER_CHANGED, user_id, actor, **what)
    return user


def delete_user(uow: UnitOfWork, user_id: str, actor: str) -> None:
    """The account goes with its sessions and the tokens it made; journal and records keep an id nobody can resolve.

    Raises Conflict when no admin would be left."""
    user = _user(uow, user_id)
    rows.delete_sessions(uow.session, user_id)
    for token in rows.tokens_made_by(uow.session, user_id):
        uow.session.delete(token)
        uow.record(Happened.TOKEN_REVOKED, token.id, actor)
    uow.session.delete(user)
    _require_admin(uow)
    uow.record(Happened.ACCOUNT_DELETED, user_id, actor)


def password_of(uow: UnitOfWork, user_id: str) -> str | None:
    """What is stored of the password of an account that may sign in; None for any other."""
    user = uow.session.get(User, user_id)
    return None if user is None or user.disabled else user.password_hash


def replace_password(uow: UnitOfWork, user_id: str, known: str | None, fresh: str, session: str) -> None:
    """A person chose another password; all sessions but theirs end. Raises Forbidden when `known` is outdated."""
    user = _user(uow, user_id)
    if user.password_hash != known:
        raise password_wrong()
    user.password_hash = fresh
    rows.delete_sessions(uow.session, user_id, but=session)
    uow.record(Happened.PASSWORD_CHANGED, user_id, user_id)


def choose_language(uow: UnitOfWork, user_id: str, language: str) -> None:
    """A person wants the screens in `de` or `en`, wherever they sign in. Raises NotFound for what is no account."""
    _user(uow, user_id).language = language
    uow.record(Happened.USER_CHANGED, user_id, user_id, language=language)


def password_wrong() -> Forbidden:
    """The present password is not the one that was typed."""
    return Forbidden(
        "password-wrong",
        Text(de="Das bisherige Passwort stimmt nicht.", en="The current password is wrong."),
        Text(
            de="Achten Sie auf Groß- und Kleinschreibung. Die Verwaltung kann ein neues setzen.",
            en="Mind capital and small letters. The administration can set a new one.",
        ),
    )


def open_session(uow: UnitOfWork, user_id: str, secret_hash: str, csrf: str, old_hash: str | None) -> User:
    """Sign in: a fresh session; the one the browser had before ends. Raises Forbidden for a locked account."""
    user = _user(uow, user_id)
    if user.disabled:
        raise Forbidden("account-locked", Text(de="Dieses Konto ist gesperrt.", en="This account is locked."))
    rows.delete_ended_sessions(uow.session, uow.now)
    if old_hash is not None and (old := uow.session.get(LoginSession, old_hash)) is not None:
        uow.session.delete(old)
    uow.session.add(
        LoginSession(secret_hash=secret_hash, user_id=user_id, csrf=csrf, created_at=uow.now, used_at=uow.now)
    )
    uow.record(Happened.USER_SIGNED_IN, user_id, user_id)
    return user


def record_refused_login(uow: UnitOfWork, name: str) -> None:
    """A sign-in that failed; the journal gets the account when the name is one, never the text that was typed."""
    user = rows.user_of_key(uow.session, rules.name_key(name))
    uow.record(Happened.SIGN_IN_REFUSED, user.id if user else "unknown")


def keep_session(uow: UnitOfWork, secret_hash: str) -> None:
    """The session is in use."""
    if (row := uow.session.get(LoginSession, secret_hash)) is not None:
        row.used_at = uow.now


def close_session(uow: UnitOfWork, secret_hash: str) -> None:
    """Sign out."""
    if (row := uow.session.get(LoginSession, secret_hash)) is not None:
        uow.session.delete(row)
        uow.record(Happened.USER_SIGNED_OUT, row.user_id, row.user_id)


def add_token(uow: UnitOfWork, label: str, role: Role, secret_hash: str, actor: str) -> ApiToken:
    """A token for a program; it ends with the account that made it, itself or with a token."""
    maker = rows.account_behind(uow.session, actor)
    token = ApiToken(
        id=uow.new_id("tok"), label=label, role=role, secret_hash=secret_hash, made_by=maker, created_at=uow.now
    )
    uow.session.add(token)
    uow.record(Happened.TOKEN_ADDED, token.id, actor, role=role)
    return token


def revoke_token(uow: UnitOfWork, token_id: str, actor: str) -> None:
    """The token no longer opens anything. Raises NotFound for an unknown one."""
    token = uow.session.get(ApiToken, token_id)
    if token is None or token.revoked_at is not None:
        raise NotFound("token-unknown", Text(de="Dieses Token gibt es nicht.", en="There is no such token."))
    token.revoked_at = uow.now
    uow.record(Happened.TOKEN_REVOKED, token_id, actor)


def _require_admin(uow: UnitOfWork) -> None:
    uow.session.flush()
    if not rows.has_admin(uow.session):
        raise Conflict(
            "last-admin",
            Text(de="Eine Person muss die Verwaltung behalten.", en="One person must stay administrator."),
            Text(de="Zuerst einer anderen Person die Verwaltung geben.", en="Make somebody else administrator first."),
        )


def _user(uow: UnitOfWork, user_id: str) -> User:
    user = uow.session.get(User, user_id)
    if user is None:
        raise NotFound("user-unknown", Text(de="Dieses Konto gibt es nicht.", en="There is no such account."))
    return user
