"""What can be done with a loan besides handing out and taking back."""

from medialab_hub.api.schemas.base import Body, Instant


class Extension(Body):
    """Until when the loan lasts then. Refused (409 `extension-not-possible`), `detail` says until when it could."""

    ends: Instant
