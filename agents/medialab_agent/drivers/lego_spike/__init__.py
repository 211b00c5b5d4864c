"""LEGO Education SPIKE Prime hubs with the firmware of the SPIKE App 3, by LEGO's published Bluetooth protocol."""
