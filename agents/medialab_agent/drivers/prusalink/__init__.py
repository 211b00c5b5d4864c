"""Prusa printers with PrusaLink (https://github.com/prusa3d/Prusa-Link), on a Pi or built into Buddy firmware."""
