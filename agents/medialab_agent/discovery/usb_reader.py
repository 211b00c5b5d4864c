"""Reads USB devices from udev and sysfs through pyudev; blocking, for a worker thread."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medialab_agent.discovery.usb_facts import ATTRIBUTES, UsbRecord, facts_of, interface_code, is_hub

BUS = Path("/sys/bus/usb")
"""Exists exactly when the kernel has a USB bus (kernel: Documentation/ABI/testing/sysfs-bus-usb)."""

UDEV_CONTROL = Path("/run/udev/control")
"""udevd's control socket; libudev asks for the same file (systemd: src/libsystemd/sd-device/device-monitor.c)."""

INTERFACE_ATTRIBUTES = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")


def bus_exists() -> bool:
    """Whether this machine has a USB bus at all."""
    return BUS.is_dir()


def udev_runs() -> bool:
    """Whether a udevd sends its own events here; it does not in most containers."""
    return UDEV_CONTROL.exists()


class UsbReader:
    """Facts of devices by sysfs devpath. One thread at a time: libudev is not thread safe."""

    def __init__(self) -> None:
        """Raises ImportError without libudev."""
        import pyudev

        self._pyudev = pyudev
        self._context = pyudev.Context()

    def everything(self) -> dict[str, dict[str, str]]:
        """Facts of every device that is present, hubs excluded."""
        found = self._context.list_devices(subsystem="usb", DEVTYPE="usb_device")
        pairs = ((str(device.device_path), self._facts(device)) for device in found)
        return {devpath: facts for devpath, facts in pairs if facts is not None}

    def one(self, devpath: str) -> dict[str, str] | None:
        """Facts of one device; None when it is gone or a hub."""
        try:
            device = self._pyudev.Devices.from_path(self._context, devpath)
        except self._pyudev.DeviceNotFoundError:
            return None
        return self._facts(device)

    def _facts(self, device: Any) -> dict[str, str] | None:
        bare = UsbRecord(str(device.device_path), dict(device.properties), _attributes(device, ATTRIBUTES))
        if is_hub(bare):
            return None
        children = sorted(device.children, key=lambda child: str(child.device_path))
        codes = (interface_code(_attributes(child, INTERFACE_ATTRIBUTES)) for child in children)
        return facts_of(
            UsbRecord(
                bare.devpath,
                bare.properties,
                bare.attributes,
                interfaces=tuple(code for code in codes if code),
                ttys=_nodes(children, "tty", None),
                disks=_nodes(children, "block", "disk"),
                hidraws=_nodes(children, "hidraw", None),
                volumes=_volumes(children),
            )
        )


def _attributes(device: Any, names: tuple[str, ...]) -> Mapping[str, str]:
    """Attributes vanish while they are read; what cannot be read is left out."""
    out: dict[str, str] = {}
    for name in names:
        value = device.attributes.get(name)
        if value is not None:
            out[name] = value.decode("utf-8", "replace")
    return out


def _volumes(children: list[Any]) -> tuple[tuple[str, str], ...]:
    """What udev's blkid calls a file system (systemd: rules.d/60-persistent-storage.rules)."""
    return tuple(
        (str(child.device_node), str(child.properties.get("ID_FS_LABEL", "")))
        for child in children
        if child.subsystem == "block" and child.device_node and child.properties.get("ID_FS_USAGE") == "filesystem"
    )


def _nodes(children: list[Any], subsystem: str, device_type: str | None) -> tuple[str, ...]:
    return tuple(
        str(child.device_node)
        for child in children
        if child.subsystem == subsystem and child.device_node and device_type in (None, child.device_type)
    )
