"""What the guest computer consists of; a picture of its memory fits this and nothing else."""

from collections.abc import Sequence
from pathlib import Path

MEMORY_MB = 768
CMDLINE = (
    "console=ttyS0 quiet panic=-1 mitigations=off nokaslr tsc=reliable net.ifnames=0 systemd.show_status=0 audit=0 "
    "apparmor=0 random.trust_cpu=1"
)
PORTS = {"keeper": 7000, "controller": 7001, "broker": 1883}
"""Ports of the guest that the host reaches."""


def processor(parts: Path, accel: str) -> list[str]:
    """Processor, memory and kernel; the same at each start, or the memory's picture does not fit."""
    speed = ["-accel", "tcg,thread=multi,tb-size=512"] if accel == "tcg" else ["-accel", "kvm"]
    command = ["qemu-system-x86_64", "-M", "q35", *speed, "-cpu", "max" if accel == "tcg" else "host"]
    command += ["-m", str(MEMORY_MB), "-smp", "2", "-display", "none", "-nodefaults", "-no-reboot"]
    return [*command, "-kernel", str(parts / "vmlinux"), "-initrd", str(parts / "initrd.cpio"), "-append", CMDLINE]


def devices(disk: Path, folder: Path, ports: dict[str, int]) -> Sequence[str]:
    """No way out of the guest, and three ways in."""
    forwards = "".join(f",hostfwd=tcp:127.0.0.1:{ports[name]}-:{inside}" for name, inside in PORTS.items())
    return (
        "-serial", f"file:{folder / 'console.log'}",
        "-drive", f"if=none,id=d0,file={disk},cache=unsafe", "-device", "virtio-blk-pci,drive=d0",
        "-netdev", f"user,id=n0,restrict=on{forwards}", "-device", "virtio-net-pci,netdev=n0,romfile=",
        "-device", "virtio-serial-pci",
        "-chardev", f"socket,id=qga,path={folder / 'qga'},server=on,wait=off",
        "-device", "virtserialport,chardev=qga,name=org.qemu.guest_agent.0",
        "-device", "virtio-rng-pci",
        "-qmp", f"unix:{folder / 'qmp'},server=on,wait=off",
    )  # fmt: skip
