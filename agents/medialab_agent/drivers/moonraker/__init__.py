"""Printers with Klipper behind Moonraker (https://moonraker.readthedocs.io), spoken to over HTTP and its websocket."""
