"""Memory cards of cameras and recorders: looked at read-only, never written."""
