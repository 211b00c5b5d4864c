"""What boards of the micro:bit family share: names, hex files, volumes, and the default program's words."""
