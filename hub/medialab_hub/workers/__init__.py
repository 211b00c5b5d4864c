"""Level-triggered loops, safe to restart."""
