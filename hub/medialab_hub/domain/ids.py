"""Prefixed identifiers: `dev-…`, `job-…`; lower case, digits, hyphens."""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o, u (https://www.crockford.com/base32.html)."""

LENGTH = 12
"""60 random bits: the first collision is expected after about a thousand million ids of one kind."""


def make_id(prefix: str, randomness: int) -> str:
    """An id from 60 random bits."""
    symbols = []
    for _ in range(LENGTH):
        randomness, index = divmod(randomness, len(ALPHABET))
        symbols.append(ALPHABET[index])
    return f"{prefix}-{''.join(symbols)}"
