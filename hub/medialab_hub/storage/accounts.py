"""Rows of accounts, sessions, tokens, the link of the first run, and settings of the centre."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, func, or_, select

from medialab_hub.domain.accounts import IDLE, LONGEST
from medialab_hub.domain.roles import Role
from medialab_hub.storage.tables.accounts import ApiToken, FirstAdminLink, LoginSession, Setting, User

COMMAND_LINE = "command-line"
"""Who did it, when it was whoever may read the data folder of the hub; an account is not behind that."""


def has_admin(session: Session) -> bool:
    """True when somebody can administer the hub."""
    query = select(func.count()).select_from(User).where(User.role == Role.ADMIN, col(User.disabled).is_(False))
    return session.exec(query).one() > 0


def user_of_key(session: Session, key: str) -> User | None:
    """The account of a folded name."""
    return session.exec(select(User).where(User.name_key == key)).first()


def name_of(session: Session, principal: str) -> str | None:
    """Name of an account or label of a token, locked and revoked ones included; None when there is none."""
    if (user := session.get(User, principal)) is not None:
        return user.name
    token = session.get(ApiToken, principal)
    return None if token is None else token.label


def users(session: Session) -> Sequence[User]:
    """All accounts by name."""
    return session.exec(select(User).order_by(User.name_key)).all()


def unrevoked_tokens(session: Session) -> Sequence[ApiToken]:
    """Tokens that were not revoked, those of locked accounts included, newest first."""
    query = select(ApiToken).where(col(ApiToken.revoked_at).is_(None)).order_by(col(ApiToken.created_at).desc())
    return session.exec(query).all()


def live_tokens(session: Session) -> Sequence[tuple[ApiToken, User | None]]:
    """Tokens that open something, with the account that made them: not revoked, and made by no account or by one that
    is there and not locked."""
    query = select(ApiToken, User).outerjoin(User, col(ApiToken.made_by) == col(User.id))
    is_wanted = or_(col(ApiToken.made_by) == COMMAND_LINE, col(User.disabled).is_(False))
    return session.exec(query.where(col(ApiToken.revoked_at).is_(None), is_wanted)).all()


def live_sessions(session: Session) -> Sequence[tuple[LoginSession, User]]:
    """Sessions with their accounts; those of locked accounts left out."""
    query = select(LoginSession, User).where(LoginSession.user_id == User.id, col(User.disabled).is_(False))
    return session.exec(query).all()


def account_behind(session: Session, principal: str) -> str:
    """The account that made this token, be it by way of other tokens; for anybody else who is asking, themselves."""
    token = session.get(ApiToken, principal)
    return principal if token is None else token.made_by


def tokens_made_by(session: Session, user: str) -> Sequence[ApiToken]:
    """Tokens an account made, itself or with a token, revoked ones included."""
    return session.exec(select(ApiToken).where(ApiToken.made_by == user)).all()


def delete_sessions(session: Session, user: str, but: str = "") -> None:
    """Sign an account out everywhere; the session with the secret hash `but` stays."""
    of_user = col(LoginSession.user_id) == user
    session.exec(delete(LoginSession).where(of_user, col(LoginSession.secret_hash) != but))


def delete_ended_sessions(session: Session, now: datetime) -> None:
    """Forget sessions that ended by themselves."""
    session.exec(
        delete(LoginSession).where(
            (col(LoginSession.used_at) <= now - IDLE) | (col(LoginSession.created_at) <= now - LONGEST)
        )
    )


def replace_link(session: Session, link: FirstAdminLink) -> None:
    """Only the newest link of the first run counts."""
    session.exec(delete(FirstAdminLink))
    session.add(link)


def settings(session: Session) -> dict[str, str]:
    """All settings of the centre."""
    return {row.key: row.value for row in session.exec(select(Setting))}


def set_setting(session: Session, key: str, value: str) -> None:
    """Store one setting of the centre."""
    session.merge(Setting(key=key, value=value))
