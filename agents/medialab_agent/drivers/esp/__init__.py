"""Boards with an ESP32: told by their chip, reset to a program the lab imported, read back by checksums."""
