"""Sphero BOLT, Mini, RVR and SPRK+: battery, firmware, name, stored pictures; put to sleep, never moved."""
