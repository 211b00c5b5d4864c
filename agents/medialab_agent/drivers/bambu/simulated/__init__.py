"""The parts of the simulated Bambu printer."""
