"""From sighting to report, from execution to evidence."""
