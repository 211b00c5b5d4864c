"""Who a pseudonym stands for, read from the account whenever somebody looks: records and journal keep ids only."""

from medialab_hub.storage import accounts
from medialab_hub.storage.session import Session
from medialab_wire.texts import Text

DELETED = Text(de="gelöschtes Konto", en="deleted account")


def name_of(session: Session, principal: str) -> Text | None:
    """The name of a person or the label of a token, as it is now; None for nobody."""
    if not principal:
        return None
    name = accounts.name_of(session, principal)
    return DELETED if name is None else Text.same(name)
