"""Arduino boards and their clones: identified by their chip, reset to one known program, read back."""
