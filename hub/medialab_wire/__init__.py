"""The wire contract `ml/1` between hub and agents: models, topic names and versions."""

PROTO = "ml/1"
"""Name of this protocol version; first two levels of every topic."""
