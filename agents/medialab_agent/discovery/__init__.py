"""Sources of sightings: USB, Bluetooth, the network, addresses typed in by hand."""
