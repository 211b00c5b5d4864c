"""Boards made of the kernel's own gadget functions: what udev knows of them, and what a copied program leaves."""

import json

import pytest

from tests.virtual_lab.vm import Vm

DAPLINK = "9901000051864e45005c1016000000340000000097969901"
UNO = "85734323430351F0B1D1"
IMAGE = "/opt/lab/microbit.img"
DRIVE = (
    f"truncate -s 8M {IMAGE} && mkfs.vfat -n MICROBIT {IMAGE} >/dev/null && mkdir -p /mnt/drive && "
    f"mount -o loop {IMAGE} /mnt/drive && printf 'Unique ID: {DAPLINK}\\r\\nInterface Version: 0257\\r\\n' "
    "> /mnt/drive/DETAILS.TXT && umount /mnt/drive"
)
APPEARED = "for n in $(seq 300); do [ -e {0} ] && exit 0; sleep 0.1; done; ls -R /dev/disk /dev/serial; exit 1"
BY_LABEL = "/dev/disk/by-label/MICROBIT"


def plug(vm: Vm, name: str, **told: object) -> None:
    vm.shell(f"python3 /opt/lab/gadget.py plug {name} '{json.dumps(told)}'")


@pytest.fixture(scope="module")
def microbit(vm: Vm) -> Vm:
    """A micro:bit V1 with drive and serial port."""
    vm.shell(DRIVE)
    drive = {"lun.0/removable": 1, "lun.0/file": IMAGE}
    texts = {"serial": DAPLINK, "manufacturer": "Arm", "product": "BBC micro:bit CMSIS-DAP"}
    plug(vm, "microbit", vid=0x0D28, pid=0x0204, functions={"mass_storage": drive, "acm": {}}, **texts)
    vm.shell(APPEARED.format(BY_LABEL))
    return vm


def test_its_drive_is_read_and_written_by_the_real_driver(microbit: Vm) -> None:
    said = microbit.shell(
        f"mount {BY_LABEL} /mnt/drive && cat /mnt/drive/DETAILS.TXT && echo :00000001FF > /mnt/drive/NEW.HEX"
        " && umount /mnt/drive"
    )
    assert DAPLINK in said
    assert microbit.shell(f"grep -c :00000001FF {IMAGE}").strip() == "1", "it arrived on the other side of the bus"


def test_udev_names_its_serial_port(microbit: Vm) -> None:
    links = microbit.shell("ls /dev/serial/by-id")
    assert f"usb-Arm_BBC_micro:bit_CMSIS-DAP_{DAPLINK}" in links
    assert "GROUP=dialout" in microbit.shell("stat -c GROUP=%G /dev/ttyACM0")


def test_an_uno_comes_and_goes_beside_it(microbit: Vm) -> None:
    texts = {"serial": UNO, "manufacturer": "Arduino (www.arduino.cc)", "product": "Arduino Uno"}
    plug(microbit, "uno", vid=0x2341, pid=0x0043, functions={"acm": {}}, **texts)
    node = f"/dev/serial/by-id/usb-Arduino__www.arduino.cc__Arduino_Uno_{UNO}-if00"
    microbit.shell(APPEARED.format(node))
    assert "ID_MODEL_FROM_DATABASE=Uno R3 (CDC ACM)" in microbit.shell(f"udevadm info -q property {node}")
    microbit.shell("python3 /opt/lab/gadget.py unplug uno")
    microbit.shell(f"for n in $(seq 300); do [ -e {node} ] || exit 0; sleep 0.1; done; exit 1")
