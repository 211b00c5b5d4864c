"""Parts of simulated boards of the micro:bit family: chip, serial port and drive."""
