"""A pristine guest for a test: restored from its picture in a second, with our own programs put in."""

import io
import json
import shutil
import socket
import tarfile
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.virtual_lab.image.build import Image
from tests.virtual_lab.image.recipe import LabError
from tests.virtual_lab.machine import Machine

GUEST = Path(__file__).parent / "guest"
KEEPER_S = 60.0
"""Seconds the guest's keeper may take to listen."""


class Vm(Machine):
    """The guest, running. `image` is what it was restored from."""

    def __init__(self, image: Image) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="lab-")
        folder, begun = Path(self._place.name), time.monotonic()
        shutil.copyfile(image.folder / "ready.qcow2", folder / "disk.qcow2")
        super().__init__(image.folder, folder / "disk.qcow2", folder, image.accel, restore=True)
        try:
            self.wait()
            self.set_clock()
            self._start_keeper()
        except BaseException:
            self.end()
            raise
        self.restored_s = round(time.monotonic() - begun, 1)

    def _start_keeper(self) -> None:
        self.run("/bin/tar", "-x", "-C", "/opt/lab", stdin=packed([(path, path.name) for path in GUEST.glob("*.py")]))
        self.shell("systemd-run -q --unit=keeper python3 /opt/lab/keeper.py")
        deadline = time.monotonic() + KEEPER_S
        while True:
            try:
                self.ask({"do": "ping"}).close()
                return
            except (OSError, LabError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def ask(self, wanted: dict[str, object]) -> socket.socket:
        """A connection the keeper handed over; see `guest/keeper.py`. Raises LabError with its complaint."""
        connection = self._call(wanted)
        answer = _line(connection)
        if not answer.get("ok"):
            connection.close()
            raise LabError(f"{wanted}: {answer.get('error', 'the guest hung up')}")
        return connection

    def _call(self, wanted: dict[str, object]) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.ports["keeper"]), timeout=60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(json.dumps(wanted).encode() + b"\n")
        return connection

    def push(self, files: Iterable[tuple[Path, str]], folder: str) -> None:
        """Put files and folders into a folder of the guest, each under the name given with it."""
        with self._call({"do": "untar", "path": folder}) as connection:
            connection.sendall(packed(files))
            connection.shutdown(socket.SHUT_WR)
            answer = _line(connection)
        if not answer.get("ok"):
            raise LabError(f"push to {folder}: {answer.get('error', 'the guest hung up')}")

    def write(self, path: str, text: str) -> None:
        """One small file."""
        done = self.run("/bin/sh", "-c", 'mkdir -p "$(dirname "$0")" && cat > "$0"', path, stdin=text.encode())
        assert done.code == 0, done.err

    def end(self) -> None:
        super().end()
        self._place.cleanup()


def packed(files: Iterable[tuple[Path, str]]) -> bytes:
    """A tar archive, without what Python compiled."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path, name in files:
            archive.add(path, name, filter=lambda item: None if "__pycache__" in item.name else item)
    return out.getvalue()


def _line(connection: socket.socket) -> dict[str, object]:
    """One line of JSON; byte by byte, because what follows it belongs to somebody else."""
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            return {}
        line += byte
    found: dict[str, object] = json.loads(line)
    return found
