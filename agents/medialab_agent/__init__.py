"""The agent beside the devices of a media lab."""
