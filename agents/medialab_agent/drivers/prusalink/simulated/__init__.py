"""The parts of the simulated PrusaLink."""
