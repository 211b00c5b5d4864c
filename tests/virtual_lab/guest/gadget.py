"""Runs in the guest: makes a USB device out of the kernel's own gadget functions and plugs it into dummy_hcd.

`gadget.py plug NAME JSON`: keys vid, pid, serial, manufacturer, product, functions (function → {attribute: value}).
`gadget.py unplug NAME` takes it away again."""

import json
import subprocess
import sys
from pathlib import Path

CONFIGFS = Path("/sys/kernel/config")
GADGETS = CONFIGFS / "usb_gadget"
ENGLISH = "strings/0x409"
"""Interface: Documentation/usb/gadget_configfs.rst of the kernel."""


def plug(name: str, told: dict[str, object]) -> None:
    """Describe it, then bind it to the first controller that is free."""
    gadget = GADGETS / name
    texts, config = gadget / ENGLISH, gadget / "configs/c.1"
    for folder in (gadget, texts, config, config / ENGLISH):
        folder.mkdir()
    for attribute, value in (("idVendor", told["vid"]), ("idProduct", told["pid"]), ("bcdUSB", 0x0200)):
        (gadget / attribute).write_text(f"0x{value:04x}")
    for attribute, value in (("bDeviceClass", 0xEF), ("bDeviceSubClass", 2), ("bDeviceProtocol", 1)):
        (gadget / attribute).write_text(f"0x{value:02x}")
    for attribute, key in (("serialnumber", "serial"), ("manufacturer", "manufacturer"), ("product", "product")):
        (texts / attribute).write_text(str(told[key]))
    for kind, attributes in told["functions"].items():
        function = gadget / "functions" / f"{kind}.{name}"
        function.mkdir()
        for attribute, value in attributes.items():
            (function / attribute).write_text(str(value))
        (config / function.name).symlink_to(function)
    (gadget / "UDC").write_text(free_controller())


def free_controller() -> str:
    """A device controller no gadget is bound to."""
    bound = {(gadget / "UDC").read_text().strip() for gadget in GADGETS.iterdir()}
    there = sorted(path.name for path in Path("/sys/class/udc").iterdir())
    return next(name for name in there if name not in bound)


def unplug(name: str) -> None:
    """Unbind it and take everything apart again, innermost first."""
    gadget = GADGETS / name
    config = gadget / "configs/c.1"
    (gadget / "UDC").write_text("\n")
    functions = list((gadget / "functions").iterdir())
    for function in functions:
        (config / function.name).unlink()
    for folder in (config / ENGLISH, config, *functions, gadget / ENGLISH, gadget):
        folder.rmdir()


if __name__ == "__main__":
    subprocess.run(["modprobe", "-a", "dummy_hcd", "libcomposite"], check=True)
    if not GADGETS.is_dir():
        subprocess.run(["mount", "-t", "configfs", "none", str(CONFIGFS)], check=True)
    if sys.argv[1] == "plug":
        plug(sys.argv[2], json.loads(sys.argv[3]))
    else:
        unplug(sys.argv[2])
