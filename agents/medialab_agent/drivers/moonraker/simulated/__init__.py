"""The parts of the simulated Moonraker."""
