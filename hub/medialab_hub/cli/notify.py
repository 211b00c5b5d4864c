"""Tells systemd how the hub is doing (sd_notify(3)); does nothing when nobody asked for it."""

import os
import socket


def notify(state: str) -> None:
    """Send one state such as `READY=1` to the socket systemd named."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # a name in the abstract namespace
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
        connection.sendto(state.encode(), address)
