"""What people type in one line: tidied to be kept, and folded to be searched."""

import unicodedata

_HIDDEN = ("Cc", "Cs", "Co", "Cn")
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def tidy(text: str) -> str:
    """One line without needless blanks and without marks that only steer how it is shown (Unicode `Cf`)."""
    if text.isascii():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(sign for sign in composed if unicodedata.category(sign) != "Cf").split())


def has_hidden(text: str) -> bool:
    """True when there are signs in it that nobody can see: control characters, halves of pairs, private ones."""
    return not text.isprintable() and any(unicodedata.category(sign) in _HIDDEN for sign in text)


def visible(text: str) -> str:
    """One line of the signs that one can see; for where others' programs read it: headers, calendars."""
    return "".join(sign for sign in tidy(text) if not has_hidden(sign))


def folded(text: str) -> str:
    """As it is compared and searched: case, accents and the two ways to write an umlaut make no difference."""
    if text.isascii():
        return " ".join(text.lower().split())
    composed = unicodedata.normalize("NFKC", text).casefold().translate(_SPELT)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(sign))
    return " ".join(bare.split())
