"""Bluetooth robots without a radio: the project's own models on the air of a simulated controller."""
