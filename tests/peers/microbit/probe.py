"""pyOCD as a foreign client of the simulated command channel; runs with the peer's Python: `probe.py SOCKET [HEX]`.

It asks what a debugger asks first, and sends a program through DAPLink's vendor commands by pyOCD's own framing. Prints
JSON: what the board said, and each status of the transfer."""

import json
import socket
import sys
from pathlib import Path

from pyocd.probe.pydapaccess.cmsis_dap_core import CMSISDAPProtocol
from pyocd.probe.pydapaccess.dap_access_api import DAPAccessIntf
from pyocd.probe.pydapaccess.interface.interface import Interface


class SocketInterface(Interface):
    """64-byte reports as pyOCD's hidapi interface writes them: the report's number, the payload, zeroes."""

    def __init__(self, path):
        super().__init__()
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(10)
        self._line.connect(path)

    def write(self, data):
        self._line.send(bytes([0, *data]).ljust(65, b"\0"))

    def read(self):
        return list(self._line.recv(64))


def main(path, image=None):
    protocol, ids = CMSISDAPProtocol(SocketInterface(path)), DAPAccessIntf.ID
    wanted = (ids.VENDOR, ids.PRODUCT, ids.SER_NUM, ids.MAX_PACKET_COUNT, ids.MAX_PACKET_SIZE)
    said = {one.name: protocol.dap_info(one) for one in wanted}
    unique = protocol.vendor(0, [])
    said["UNIQUE"] = bytes(unique[1 : 1 + unique[0]]).decode()
    statuses = []
    if image:
        content = Path(image).read_bytes()
        statuses.append(protocol.vendor(10, [1])[0])
        for at in range(0, len(content), 62):
            piece = content[at : at + 62]
            statuses.append(protocol.vendor(12, [len(piece), *piece])[0])
        statuses.append(protocol.vendor(11, [])[0])
    print(json.dumps({"said": said, "statuses": statuses}))


main(*sys.argv[1:])
