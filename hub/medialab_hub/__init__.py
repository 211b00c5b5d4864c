"""The hub of a media lab."""
