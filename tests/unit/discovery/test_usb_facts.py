"""From udev properties and sysfs attributes to facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.discovery.usb_facts import (
    ATTRIBUTES,
    UsbRecord,
    device_path,
    facts_of,
    interface_code,
    interfaces_of,
    is_hub,
)
from medialab_wire.sightings import Sighting

QUEST = {"idVendor": "2833", "idProduct": "0186", "serial": "2G0YC", "bDeviceClass": "00", "devnum": "7", "busnum": "1"}
garbage = st.text(st.characters(codec=None), max_size=600)


def test_sysfs_alone_is_enough() -> None:
    facts = facts_of(UsbRecord("/devices/usb1/1-2", {}, QUEST, interfaces=("060101", "ff4201", "ff4201")))
    assert facts == {
        "vid": "2833", "pid": "0186", "serial": "2G0YC", "interfaces": ":060101:ff4201:", "path": "1-2",
        "bus": "1", "devnum": "7",
    }  # fmt: skip


def test_udev_alone_is_enough() -> None:
    properties = {
        "ID_VENDOR_ID": "2341", "ID_MODEL_ID": "0043", "ID_SERIAL_SHORT": "X1", "ID_USB_INTERFACES": ":020201:",
        "ID_PATH": "pci-0:2", "BUSNUM": "001", "DEVNUM": "005", "ID_VENDOR_FROM_DATABASE": "Arduino SA",
    }  # fmt: skip
    facts = facts_of(UsbRecord("/devices/usb1/1-2", properties))
    assert facts is not None
    assert (facts["vid"], facts["pid"], facts["bus"], facts["devnum"]) == ("2341", "0043", "1", "5")
    assert (facts["vendor"], facts["path"], facts["interfaces"]) == ("Arduino SA", "pci-0:2", ":020201:")


def test_ids_are_lower_case() -> None:
    facts = facts_of(UsbRecord("/devices/1-1", {}, {"idVendor": "0D28", "idProduct": "ABCD"}))
    assert facts is not None
    assert (facts["vid"], facts["pid"]) == ("0d28", "abcd")


@pytest.mark.parametrize(
    ("attributes", "properties", "hub"),
    [
        ({"bDeviceClass": "09"}, {}, True),
        ({}, {"TYPE": "9/0/1"}, True),
        ({"bDeviceClass": "00"}, {"TYPE": "9/0/1"}, False),
    ],
)  # fmt: skip
def test_hubs(attributes: dict[str, str], properties: dict[str, str], hub: bool) -> None:
    record = UsbRecord("/devices/1-1", properties, {**QUEST, "bDeviceClass": "", **attributes})
    assert is_hub(record) is hub
    assert (facts_of(record) is None) is hub


@pytest.mark.parametrize("vid", ["", "28", "zzzz", "28333", "\x00\x00\x00\x00", "२८३३"])
def test_a_half_gone_device_is_none(vid: str) -> None:
    assert facts_of(UsbRecord("/devices/1-1", {}, {**QUEST, "idVendor": vid})) is None


@pytest.mark.parametrize(
    ("devpath", "subsystem", "kind", "expected"),
    [
        ("/devices/pci/usb1/1-2", "usb", "usb_device", "/devices/pci/usb1/1-2"),
        ("/devices/odd", "usb", "usb_device", "/devices/odd"),
        ("/devices/pci/usb1/1-2/1-2:1.0", "usb", "usb_interface", "/devices/pci/usb1/1-2"),
        ("/devices/pci/usb1/1-2/1-2.4/1-2.4:1.0/tty/ttyACM0", "tty", "", "/devices/pci/usb1/1-2/1-2.4"),
        ("/devices/pci/usb1/1-2/1-2:1.0/host0/block/sda/sda1", "block", "partition", "/devices/pci/usb1/1-2"),
        ("/devices/virtual/tty/tty1", "tty", "", None),
        ("/devices/pci/usb1/1-0:1.0", "usb", "usb_interface", None),
    ],
)  # fmt: skip
def test_which_device_an_event_concerns(devpath: str, subsystem: str, kind: str, expected: str | None) -> None:
    assert device_path(devpath, subsystem, kind) == expected


def test_interface_codes() -> None:
    whole = {"bInterfaceClass": "FF", "bInterfaceSubClass": "42", "bInterfaceProtocol": "01\n"}
    assert interface_code(whole) == "ff4201"
    assert interface_code({"bInterfaceClass": "ff"}) == ""
    assert (
        interfaces_of(UsbRecord("/devices/1-1", {"ID_USB_INTERFACES": ":FF4201:"}, interfaces=("030000",)))
        == ":ff4201:"
    )


def test_labels_stand_in_the_order_of_their_volumes() -> None:
    record = UsbRecord(
        "/devices/1-1", {}, QUEST, volumes=(("/dev/sda", "MINI"), ("/dev/sdb", "A:B"), ("/dev/sdc1", ""))
    )
    facts = facts_of(record)
    assert facts is not None
    assert (facts["volumes"], facts["labels"]) == ("/dev/sda /dev/sdb /dev/sdc1", ":MINI:A_B::")
    unnamed = facts_of(UsbRecord("/devices/1-1", {}, QUEST, volumes=(("/dev/sda1", ""),)))
    assert unnamed is not None
    assert "labels" not in unnamed


@given(
    garbage,
    st.dictionaries(st.sampled_from(["ID_PATH", "ID_USB_INTERFACES", "ID_SERIAL_SHORT", "DEVNUM", "TYPE"]), garbage),
    st.dictionaries(st.sampled_from(ATTRIBUTES), garbage),
    st.lists(garbage, max_size=300).map(tuple),
)
def test_no_garbage_breaks_the_sighting(
    devpath: str, properties: dict[str, str], attributes: dict[str, str], interfaces: tuple[str, ...]
) -> None:
    record = UsbRecord(devpath, properties, {**attributes, "idVendor": "1234", "idProduct": "5678"}, interfaces)
    facts = facts_of(record)
    assert facts is None or Sighting(source="usb", key="k", facts=facts).encode()
    device_path(devpath, "tty", "")
