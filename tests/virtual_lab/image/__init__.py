"""The guest's disk, kernel and memory: built once, kept by the hash of everything they are made of."""
