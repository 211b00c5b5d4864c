"""Devices without an interface: the same road, with a person's hands and eyes as evidence."""
