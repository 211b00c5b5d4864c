"""Commands of `medialab-agent`."""
