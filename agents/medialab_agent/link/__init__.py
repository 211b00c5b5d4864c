"""The line to the hub."""
