"""From what Linux says about one USB device to the facts of a sighting; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from medialab_agent.discovery.text import filled, short

HUB_CLASS = "09"
"""bDeviceClass of hubs (USB-IF, defined class codes)."""

ATTRIBUTES = (
    "idVendor", "idProduct", "serial", "manufacturer", "product", "bcdDevice", "bDeviceClass", "busnum", "devnum",
)  # fmt: skip
"""sysfs attributes that are read (kernel: Documentation/ABI/testing/sysfs-bus-usb and drivers/usb/core/sysfs.c)."""

_PORT = re.compile(r"\d+-\d+(\.\d+)*")
_HEX4 = re.compile(r"[0-9a-f]{4}")


@dataclass(frozen=True)
class UsbRecord:
    """One device as udev and sysfs describe it. `interfaces` are `ccsspp` in interface order, lower-case hex."""

    devpath: str
    properties: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    interfaces: tuple[str, ...] = ()
    ttys: tuple[str, ...] = ()
    disks: tuple[str, ...] = ()
    hidraws: tuple[str, ...] = ()
    volumes: tuple[tuple[str, str], ...] = ()
    """Device node and label of each file system on it, as udev's blkid read them; an unnamed one has an empty label."""

    def first(self, attribute: str, *properties: str) -> str:
        """The sysfs attribute, else the first of the udev properties that says something."""
        candidates = (self.attributes.get(attribute), *(self.properties.get(name) for name in properties))
        return next((text for text in map(short, candidates) if text), "")


def is_hub(record: UsbRecord) -> bool:
    """By its device class; by the kernel's TYPE property (class/subclass/protocol, decimal) where sysfs is gone."""
    device_class = record.attributes.get("bDeviceClass", "").strip().lower()
    return device_class == HUB_CLASS or (not device_class and record.properties.get("TYPE", "").startswith("9/"))


def facts_of(record: UsbRecord) -> dict[str, str] | None:
    """The facts; None for a hub and for what has no usable vendor and product id (it is half gone or half there)."""
    vid = record.first("idVendor", "ID_VENDOR_ID").lower()
    pid = record.first("idProduct", "ID_MODEL_ID").lower()
    if is_hub(record) or not _HEX4.fullmatch(vid) or not _HEX4.fullmatch(pid):
        return None
    return filled(
        {
            "vid": vid,
            "pid": pid,
            "serial": record.first("serial", "ID_SERIAL_SHORT"),
            "vendor": record.first("manufacturer", "ID_VENDOR_FROM_DATABASE", "ID_VENDOR"),
            "product": record.first("product", "ID_MODEL_FROM_DATABASE", "ID_MODEL"),
            "interfaces": interfaces_of(record),
            "path": record.first("", "ID_PATH") or short(record.devpath.rpartition("/")[2]),
            "bus": _number(record.first("busnum", "BUSNUM")),
            "devnum": _number(record.first("devnum", "DEVNUM")),
            "revision": record.first("bcdDevice", "ID_REVISION").lower(),
            "tty": short(" ".join(record.ttys)),
            "disk": short(" ".join(record.disks)),
            "hidraw": short(" ".join(record.hidraws)),
            "volumes": short(" ".join(node for node, _label in record.volumes)),
            "labels": labels_of(record),
        }
    )


def interfaces_of(record: UsbRecord) -> str:
    """udev's ID_USB_INTERFACES, such as `:060101:ff4201:`, or the same built from the interfaces themselves."""
    told = record.first("", "ID_USB_INTERFACES").lower()
    unique = tuple(dict.fromkeys(record.interfaces))
    return told or (short(f":{':'.join(unique)}:") if unique else "")


def labels_of(record: UsbRecord) -> str:
    """Labels of its volumes in the order of `volumes`, such as `:MINI:FLASH:`; a colon within a label becomes `_`."""
    if not any(label for _node, label in record.volumes):
        return ""
    return short(f":{':'.join(short(label).replace(':', '_') for _node, label in record.volumes)}:")


def interface_code(attributes: Mapping[str, str]) -> str:
    """`ccsspp` of one interface, or the empty string."""
    names = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
    code = "".join(attributes.get(name, "").strip().lower() for name in names)
    return code if re.fullmatch(r"[0-9a-f]{6}", code) else ""


def device_path(devpath: str, subsystem: str, device_type: str) -> str | None:
    """The USB device an event concerns: itself, or the nearest one above an interface, a tty or a disk; else None."""
    if subsystem == "usb" and device_type == "usb_device":
        return devpath
    parts = devpath.split("/")
    for end in range(len(parts) - 1, 0, -1):
        if _PORT.fullmatch(parts[end - 1]):
            return "/".join(parts[:end])
    return None


def _number(text: str) -> str:
    """udev writes 004 where sysfs writes 4."""
    return str(int(text)) if text.isascii() and text.isdigit() else ""
