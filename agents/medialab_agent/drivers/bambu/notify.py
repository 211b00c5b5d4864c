"""What a printer calls into the network: UDP 2021, an HTTP-like NOTIFY of about 400 bytes every few seconds.

Fields as Bambu Studio reads them (https://github.com/bambulab/BambuStudio) and as OpenBambuAPI describes them."""

import re

from medialab_agent.drivers.bambu.address import SERIAL

PORT = 2021
GROUP = "239.255.255.250"
"""Most firmware broadcasts, some sends to this group."""
KIND = "urn:bambulab-com:device:3dprinter:1"
LONGEST = 2048
_FACTS = {
    "devmodel.bambu.com": "model",
    "devname.bambu.com": "name",
    "devversion.bambu.com": "version",
    "devconnect.bambu.com": "connect",
}


def parse(datagram: bytes) -> dict[str, str] | None:
    """`serial` and what else it says, each at most 100 printable characters; None for anything else."""
    if len(datagram) > LONGEST or not datagram.startswith(b"NOTIFY "):
        return None
    lines = datagram.decode("utf-8", errors="replace").split("\r\n")[1:40]
    fields = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    serial = fields.get("usn", "")
    if fields.get("nt") != KIND or not re.fullmatch(SERIAL, serial):
        return None
    words = {name: _clean(fields[key]) for key, name in _FACTS.items() if key in fields}
    return {"serial": serial, **{name: value for name, value in words.items() if value}}


def _clean(words: str) -> str:
    return "".join(letter for letter in words if letter.isprintable())[:100]
