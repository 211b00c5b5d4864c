"""Stands in for dfu-util where there is no USB: the requests dfu-util makes, to simulated boards of the practice lab.

The real dfu-util needs the kernel's USB, and is proven on the same boot program where there is one."""

import re
import struct
import sys
from pathlib import Path

from medialab_agent.drivers.arduino.usb_control import Line, Stalled, opened_node
from medialab_agent.sdk.trouble import DeviceTrouble

DNLOAD, GETSTATUS = 1, 3
IDLE, MANIFEST = 2, (6, 7)
SUFFIX = 16


def install(folder: Path) -> Path:
    """Put a program named dfu-util there that finds the boards whose nodes are in this folder."""
    program = folder / "dfu-util"
    module = f"import sys; sys.path[:0] = {sys.path!r}; from {__name__} import main; sys.exit(main({str(folder)!r}))"
    program.write_text(f"#!{sys.executable}\n{module}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def main(folder: str) -> int:
    """As `dfu-util -d VID:PID -p BUS-PORT -a 0 -D FILE`; the port's number is the node's."""
    told = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
    found = re.fullmatch(r"(\d+)-(\d+)", told.get("-p", ""))
    if found is None or "-D" not in told:
        return _say("dfu-util: No DFU capable USB device available", 74)
    node = Path(folder) / f"{int(found[1]):03}" / f"{int(found[2]):03}"
    image = Path(told["-D"]).read_bytes()
    _ends_for(image, told.get("-d", ""))
    try:
        with opened_node(node, 0) as line:
            return _write(line, image[:-SUFFIX])
    except (DeviceTrouble, Stalled, OSError) as error:
        return _say(f"dfu-util: Error during download ({type(error).__name__})", 74)


def _ends_for(image: bytes, wanted: str) -> None:
    pid, vid = struct.unpack_from("<HH", image, len(image) - SUFFIX + 2)
    if f"{vid:04x}:{pid:04x}" != wanted or image[-8:-5] != b"UFD":
        sys.exit(_say("dfu-util: Error: File ID does not match device", 65))


def _write(line: Line, image: bytes) -> int:
    (size,) = struct.unpack_from("<H", line.control(0x80, 6, 0x0200, 0, 255), -4)
    for block, start in enumerate(range(0, len(image), size)):
        line.control(0x21, DNLOAD, block, 0, image[start : start + size])
        if _status(line)[0]:
            return _say("dfu-util: failed!", 74)
        sys.stdout.write(f"\rDownload\t[=] {100 * start // len(image):3}% {start:12} bytes")
        sys.stdout.flush()
    line.control(0x21, DNLOAD, 0, 0, b"")
    while (told := _status(line))[1] in MANIFEST:
        pass
    return _say("Done!", 0 if told == (0, IDLE) else 74)


def _status(line: Line) -> tuple[int, int]:
    told = line.control(0xA1, GETSTATUS, 0, 0, 6)
    return told[0], told[4]


def _say(words: str, code: int) -> int:
    sys.stdout.write(f"\n{words}\n")
    return code
