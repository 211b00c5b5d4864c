"""Toy boxes: a device to copy from. It speaks one line of text per command over TCP."""
