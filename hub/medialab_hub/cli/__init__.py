"""Commands of `medialab-hub`."""
