"""Texts for people, always in German and in English."""

from typing import Self

from medialab_wire.base import WireModel


class Text(WireModel):
    """One sentence or label in both languages. Both are required and complete."""

    de: str
    en: str

    @classmethod
    def same(cls, words: str) -> Self:
        """Words that are the same in both languages: a number, a code, a name."""
        return cls(de=words, en=words)
