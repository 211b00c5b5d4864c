"""Boards whose J-Link interface chip takes programs as files: Calliope mini 2.0 and 2.1."""
