"""Texts for people, always in German and in English."""

from medialab_wire.base import WireModel


class Text(WireModel):
    """One sentence or label in both languages. Both are required and complete."""

    de: str
    en: str
