"""What people entered so that devices let us in: sealed to an agent's key, so that nobody here can read it."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment


class EnteredAccess(SQLModel, table=True):
    """One key of one connection. `seal_key`: the agent's public key of that moment, to which `sealed` was sealed.

    Without a text it is forgotten, but an agent that has been away since still has it."""

    __tablename__ = "entered_access"
    connection_id: str = Field(primary_key=True, foreign_key="connection.id")
    key: str = Field(primary_key=True)
    sealed: str
    seal_key: str
    actor: str = ""
    entered_at: Moment = moment()
