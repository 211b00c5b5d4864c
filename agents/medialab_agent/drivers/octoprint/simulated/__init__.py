"""The parts of the simulated printer: server, access, machine, store, interface."""
