"""Tablets and headsets that speak adb, reached through the system's adb server."""
