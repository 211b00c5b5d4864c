"""What a server asks for when it wants a password (RFC 7616, section 3.3)."""

import re

_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


def challenge_of(header: str) -> dict[str, str]:
    """The fields of `WWW-Authenticate: Digest …`; empty when it is no digest challenge."""
    scheme, _, rest = header[:2000].partition(" ")
    if scheme.lower() != "digest":
        return {}
    return {name.lower(): quoted or plain for name, quoted, plain in _FIELD.findall(rest)}
