"""The parts of a simulated ESP32: loader and flash."""
