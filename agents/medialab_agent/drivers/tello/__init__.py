"""Tello drones of Ryze and DJI: recognised and read over their own Wi-Fi. Nothing here makes one fly."""
