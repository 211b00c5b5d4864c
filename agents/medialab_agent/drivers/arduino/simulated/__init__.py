"""The parts of a simulated Arduino board: chip, boot programs, serial port."""
