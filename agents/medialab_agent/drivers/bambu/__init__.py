"""Bambu Lab printers in LAN mode: MQTT and FTPS on the printer itself, no cloud."""
