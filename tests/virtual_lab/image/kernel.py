"""Debian's kernel, unpacked so that it starts at once, its modules, and a first disk that finds the real one."""

import lzma
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.virtual_lab.image.recipe import HERE, LabError, lines

XZ, ELF = b"\xfd7zXZ\x00", b"\x7fELF"
FIRST_MODULES = ("virtio_pci", "virtio_blk", "ext4", "crc32c_generic")


def unpack(package: Path, folder: Path) -> Path:
    """The content of the kernel's package; its compressed picture becomes `vmlinux` beside it."""
    tree = folder / "kernel"
    subprocess.run(["dpkg-deb", "-x", package, tree], check=True)
    (picture,) = tree.glob("boot/vmlinuz-*")
    (folder / "vmlinux").write_bytes(_plain(picture.read_bytes()))
    return tree


def _plain(picture: bytes) -> bytes:
    """The ELF file within a bzImage; emulated processors take many seconds to decompress it themselves."""
    at = picture.find(XZ)
    while at >= 0:
        try:
            found = lzma.LZMADecompressor().decompress(picture[at:])
        except lzma.LZMAError:
            found = b""
        if found.startswith(ELF):
            return found
        at = picture.find(XZ, at + 1)
    raise LabError("The kernel of the guest has an unknown compression; image/kernel.py knows xz.")


def modules(tree: Path, folder: Path) -> Path:
    """The wanted modules with all they depend on, indexed: a folder that holds `lib/modules/VERSION`."""
    (source,) = tree.glob("lib/modules/*")
    version, target = source.name, folder / "modules"
    subprocess.run(["depmod", "-b", tree, version], check=True)
    kept = target / "lib/modules" / version
    for path in _closure(tree, version, lines("modules.txt")):
        copy = kept / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    for index in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        shutil.copy2(source / index, kept)
    subprocess.run(["depmod", "-b", target, version], check=True)
    return target


def _closure(tree: Path, version: str, names: list[str]) -> list[Path]:
    """Files to load, in order. A name that is built in gives none; an unknown one is an error."""
    found: dict[Path, None] = {}
    for name in names:
        asked = ["modprobe", "-d", str(tree), "-S", version, "--show-depends", name]
        told = subprocess.run(asked, capture_output=True, text=True, check=False)
        if told.returncode:
            raise LabError(f"The guest's kernel has no module {name}: {told.stderr.strip()}")
        words = (line.split() for line in told.stdout.splitlines())
        found |= {Path(word[1]): None for word in words if word[0] == "insmod"}
    return list(found)


def initramfs(tree: Path, folder: Path) -> None:
    """`initrd.cpio`: busybox, the disk's modules in their order, and a script."""
    (source,) = tree.glob("lib/modules/*")
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for name in ("bin", "mods", "newroot", "proc", "dev"):
            (root / name).mkdir()
        shutil.copy2("/usr/bin/busybox" if Path("/usr/bin/busybox").exists() else "/bin/busybox", root / "bin/busybox")
        (root / "bin/sh").symlink_to("busybox")
        for number, path in enumerate(_closure(tree, source.name, list(FIRST_MODULES))):
            shutil.copy2(path, root / "mods" / f"{number:03}-{path.name}")
        shutil.copy2(HERE / "initramfs_init.sh", root / "init")
        (root / "init").chmod(0o755)
        names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
        with (folder / "initrd.cpio").open("wb") as out:
            pack = ["cpio", "-o", "-H", "newc", "--quiet", "-R", "0:0"]
            subprocess.run(pack, cwd=root, input=names.encode(), stdout=out, check=True)
