"""Health checks: facts in, an issue or None out."""
