"""The guest's root file system: a small Debian, made to start fast and to keep quiet."""

import shutil
import subprocess
from pathlib import Path
from uuid import uuid4

from tests.virtual_lab.image.recipe import KERNEL, SUITE, LabError, apt_options, lines, sources

DISK_MB = 1536
SITE = "/usr/lib/python3/dist-packages/lab.pth"
LEFT_OUT = ("man", "locale", "doc", "info", "i18n")
ENABLED = ("systemd-networkd", "bluetooth", "mosquitto")
MASKED = (
    "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service",
    "fstrim.timer", "getty@tty1.service", "serial-getty@ttyS0.service", "systemd-timesyncd.service",
    "systemd-networkd-wait-online.service", "systemd-pcrphase.service", "systemd-pcrphase-sysinit.service",
    "systemd-firstboot.service", "systemd-update-utmp.service", "systemd-binfmt.service",
    "proc-sys-fs-binfmt_misc.automount", "dev-hugepages.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount",
)  # fmt: skip
FILES = {
    "etc/hostname": "bench\n",
    "etc/hosts": "127.0.0.1 localhost bench\n",
    "etc/fstab": "",
    "etc/locale.conf": "LANG=C.UTF-8\n",
    "etc/modules-load.d/lab.conf": "virtio_net\nvirtio_console\nvirtio_rng\nhci_vhci\nvhci-hcd\ncdc-acm\nusb-storage\n",
    "etc/modprobe.d/lab.conf": "options dummy_hcd num=4\n",
    "etc/mosquitto/conf.d/lab.conf": "listener 1883\nallow_anonymous true\nmax_inflight_messages 0\n",
    "etc/systemd/network/10-lab.network": (
        "[Match]\nName=eth* en*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\n"
        "IPv6AcceptRA=no\n"
    ),
    "etc/systemd/system/bluetooth.service.d/experimental.conf": (
        "[Service]\nExecStart=\nExecStart=/usr/libexec/bluetooth/bluetoothd --experimental\n"
    ),
    "etc/sysctl.d/lab.conf": "kernel.printk = 4 4 1 7\n",
}
"""mosquitto's limit would hold back the burst of reports of an agent that starts; see the hub's own broker."""


def bootstrap(folder: Path) -> Path:
    """A Debian in `folder/root`, and the kernel's package as `folder/kernel.deb` early on the way."""
    root = folder / "root"
    (folder / "sources.list").write_text("\n".join(sources()) + "\n")
    hook = folder / "fetch-kernel.sh"
    hook.write_text(
        "set -e\nexport APT_CONFIG=$MMDEBSTRAP_APT_CONFIG\n"
        f"name=$(apt-cache depends --no-recommends --no-suggests {KERNEL} | sed -n 's/^ *Depends: *//p' | head -n 1)\n"
        f'mkdir -p {folder}/deb; cd {folder}/deb; apt-get download -q "$name"; mv -- *.deb ../kernel.deb\n'
    )
    command = ["mmdebstrap", "--variant=apt", "--mode=root", f"--include={','.join(lines('packages.txt'))}"]
    command += [f"--aptopt={option}" for option in ('APT::Install-Recommends "false"', *apt_options())]
    command += [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in LEFT_OUT]
    command += [f"--extract-hook=sh {hook}", SUITE, str(root), str(folder / "sources.list")]
    with (folder / "bootstrap.log").open("wb") as log:
        done = subprocess.run(command, stdout=log, stderr=log, check=False)
    if done.returncode:
        said = (folder / "bootstrap.log").read_text(errors="replace")[-1500:]
        raise LabError(f"Debian for the guest could not be installed (root is needed, and the mirror):\n{said}")
    return root


def customise(root: Path, modules: Path, site: Path) -> None:
    """Modules, wheels, our own services; what only costs time is masked."""
    shutil.copytree(modules / "lib/modules", root / "usr/lib/modules", dirs_exist_ok=True)
    shutil.copytree(site, root / "opt/site")
    (root / "opt/lab").mkdir()
    (root / SITE.lstrip("/")).write_text("/opt/site\n")
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text)
    (root / "etc/machine-id").write_text(f"{uuid4().hex}\n")
    _in(root, "useradd", "--system", "--create-home", "--groups", "plugdev,dialout", "medialab")
    _in(root, "systemctl", "--quiet", "enable", *ENABLED)
    _in(root, "systemctl", "--quiet", "mask", *MASKED)
    _in(root, "systemd-hwdb", "update")
    _in(root, "python3", "-m", "compileall", "-q", "/opt/site", "/usr/lib/python3.11")


def disk(root: Path, folder: Path) -> None:
    """`root.img`: the file system as a disk."""
    path = folder / "root.img"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", root, path, f"{DISK_MB}M"], check=True)


def _in(root: Path, *command: str) -> None:
    subprocess.run(["chroot", root, *command], check=True, stdout=subprocess.DEVNULL)
