"""BBC micro:bit and Calliope mini as they advertise over Bluetooth: seen, never connected."""
