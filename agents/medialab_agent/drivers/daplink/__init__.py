"""Boards behind DAPLink: BBC micro:bit V1 and V2, Calliope mini 1 and 3."""
