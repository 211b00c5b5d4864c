"""Resident in the guest: gives programs on the host a USB port, a socket or a file of the guest over TCP.

Port 7000 takes one line of JSON, answers one line of JSON, then hands the connection over:
`usb` to the kernel's vhci_hcd (USB/IP), `unix` to a socket, `node` to a device file, `untar` to a folder.
Port 7001 is a Bluetooth controller: H4 packets to and from /dev/vhci."""

import json
import os
import pwd
import re
import select
import socket
import socketserver
import struct
import tarfile
import threading
from pathlib import Path

VHCI = Path("/sys/devices/platform/vhci_hcd.0")
PORT_FREE = 4
"""VDEV_ST_NULL (drivers/usb/usbip/usbip_common.h)."""
HEADS = {1: (3, 2, "B"), 2: (4, 2, "<H"), 3: (3, 2, "B"), 4: (2, 1, "B"), 5: (4, 2, "<H")}
"""H4 packet types: length of the header, where its length field is, and its form (Bluetooth Core, vol. 4 part A)."""
_ports = threading.Lock()


def free_port(bus: int) -> int:
    """A high speed port of one of the eight vhci controllers; fifteen are on each."""
    path = VHCI / (f"status.{bus}" if bus else "status")
    for line in path.read_text().splitlines()[1:]:
        found = re.match(r"hs\s+(\d+)\s+(\d+)", line)
        if found and int(found[2]) == PORT_FREE:
            return int(found[1])
    raise OSError(f"no free USB port on bus {bus}")


def attach(connection: socket.socket, speed: int, buses: list[int]) -> None:
    """The kernel keeps the connection; when its other end closes, the device is unplugged."""
    with _ports:
        port = first_free(buses)
        connection.sendall(json.dumps({"ok": True, "port": port}).encode() + b"\n")
        (VHCI / "attach").write_text(f"{port} {connection.fileno()} {0x10000 + port} {speed}")


def first_free(buses: list[int]) -> int:
    """The first free port of these controllers."""
    for bus in buses[:-1]:
        try:
            return free_port(bus)
        except OSError:
            continue
    return free_port(buses[-1])


def copy(source: int, target: int) -> None:
    """Until the end of either."""
    try:
        while data := os.read(source, 65536):
            while data:
                data = data[os.write(target, data) :]
    except OSError:
        pass


def pump(connection: socket.socket, other: int) -> None:
    """Both directions; ends when the host hangs up."""
    back = threading.Thread(target=copy, args=(other, connection.fileno()), daemon=True)
    back.start()
    copy(connection.fileno(), other)


def join_socket(connection: socket.socket, path: str, user: str) -> None:
    """A process of its own, so that it is this user who asks."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    if user != "root":
        account = pwd.getpwnam(user)
        os.initgroups(user, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    other = socket.socket(socket.AF_UNIX)
    try:
        other.connect(path)
        connection.sendall(b'{"ok": true}\n')
        threading.Thread(target=lambda: (copy(other.fileno(), connection.fileno()), os._exit(0)), daemon=True).start()
        copy(connection.fileno(), other.fileno())
    finally:
        os._exit(0)


def join_node(connection: socket.socket, path: str) -> None:
    """A device file, opened for both directions."""
    node = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        connection.sendall(b'{"ok": true}\n')
        pump(connection, node)
    finally:
        os.close(node)


def untar(connection: socket.socket, folder: str) -> None:
    """Unpack what the host sends until it ends its half; then say so."""
    with connection.makefile("rb") as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        archive.extractall(folder)
    connection.sendall(b'{"ok": true}\n')


class Request(socketserver.BaseRequestHandler):
    """One connection of the host."""

    def handle(self) -> None:
        connection = self.request
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = b""
        while not line.endswith(b"\n"):
            byte = connection.recv(1)
            if not byte:
                return
            line += byte
        asked = json.loads(line)
        try:
            if asked["do"] == "usb":
                attach(connection, asked["speed"], asked["buses"])
            elif asked["do"] == "unix":
                join_socket(connection, asked["path"], asked["user"])
            elif asked["do"] == "node":
                join_node(connection, asked["path"])
            elif asked["do"] == "untar":
                untar(connection, asked["path"])
            else:
                connection.sendall(b'{"ok": true}\n')
        except OSError as error:
            connection.sendall(json.dumps({"ok": False, "error": str(error)}).encode() + b"\n")


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection; a connection is closed here without ending it for the kernel."""

    allow_reuse_address, daemon_threads = True, True

    def shutdown_request(self, request: socket.socket) -> None:
        """Only our own reference: what the kernel or a child keeps goes on."""
        request.close()


class Controller(socketserver.BaseRequestHandler):
    """One Bluetooth controller for as long as the host keeps the connection."""

    def handle(self) -> None:
        """One loop for both directions: a file another thread still reads would outlive being closed."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        node = os.open("/dev/vhci", os.O_RDWR)
        try:
            os.write(node, b"\xff\x00")
            self.pump(node)
        finally:
            os.close(node)

    def pump(self, node: int) -> None:
        """Until the host hangs up. The kernel's answer to the opening packet is not for the controller."""
        pending = b""
        while True:
            ready = select.select([node, self.request], [], [])[0]
            if node in ready and not (data := os.read(node, 4096)).startswith(b"\xff"):
                self.request.sendall(data)
            if self.request in ready:
                if not (data := self.request.recv(65536)):
                    return
                pending += data
                while size := packet(pending):
                    os.write(node, pending[:size])
                    pending = pending[size:]


def packet(data: bytes) -> int:
    """The length of the first H4 packet when it is complete, else 0."""
    if not data:
        return 0
    head, at, form = HEADS[data[0]]
    if len(data) < 1 + head:
        return 0
    (size,) = struct.unpack_from(form, data, 1 + at)
    whole = 1 + head + (size & 0x3FFF if data[0] == 5 else size)
    return whole if len(data) >= whole else 0


if __name__ == "__main__":
    threading.Thread(target=Server(("", 7001), Controller).serve_forever, daemon=True).start()
    Server(("", 7000), Request).serve_forever()
