"""Simulated iPads behind a simulated usbmuxd."""
