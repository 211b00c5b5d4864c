"""USB devices of any kind, simulated on the host and plugged into the guest's kernel."""
