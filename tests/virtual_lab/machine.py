"""The guest computer: its QEMU process, its monitor and the agent that runs commands in it."""

import base64
import json
import os
import platform
import re
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fixtures.brokers import free_port
from tests.virtual_lab.image.hardware import PORTS, devices, processor
from tests.virtual_lab.image.recipe import LabError

ANSWER_S = 120.0
"""Seconds any single answer of the guest may take; an emulated processor on a busy machine is slow."""
BANNER_S = 5.0
"""Seconds a hardware-assisted guest has for the first line of its kernel."""


@dataclass(frozen=True)
class Finished:
    """What a command in the guest did."""

    code: int
    out: str
    err: str


class Lines:
    """JSON lines over a unix socket, as QEMU and its guest agent speak them."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWER_S)
        self._socket.connect(str(path))
        self._file = self._socket.makefile("rb")

    def send(self, message: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> dict[str, Any]:
        """The next message. Raises LabError when the other side is gone."""
        line = self._file.readline()
        if not line:
            raise LabError("The guest's monitor hung up.")
        found: dict[str, Any] = json.loads(line.lstrip(b"\xff"))
        return found

    def ask(self, name: str, **arguments: Any) -> Any:
        """The answer; events and the complaint about an older line are passed over."""
        self.send({"execute": name, "arguments": arguments})
        while True:
            answer = self.receive()
            if "return" in answer:
                return answer["return"]
            if "error" in answer and "JSON parse error" not in answer["error"]["desc"]:
                raise LabError(f"{name}: {answer['error']['desc']}")

    def close(self) -> None:
        self._file.close()
        self._socket.close()


class Machine:
    """One running QEMU. `folder` holds its sockets and its console's words; `disk` is written to."""

    def __init__(self, parts: Path, disk: Path, folder: Path, accel: str, restore: bool = False) -> None:
        self.folder, self.accel = folder, accel
        self.ports = {name: free_port() for name in PORTS}
        command = [*processor(parts, accel), *devices(disk, folder, self.ports)]
        command += ["-loadvm", "ready"] if restore else []
        with (folder / "qemu.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._agent: Lines | None = None

    def wait(self, seconds: float = 300) -> None:
        """Until the guest's agent answers."""
        deadline = time.monotonic() + seconds
        while not self._greeted():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise LabError(f"The guest did not come up:\n{self.words()[-3000:]}")
            time.sleep(0.05)

    def _greeted(self) -> bool:
        """A round trip with a number of our own: an agent just restored may still have older words."""
        try:
            lines = Lines(self.folder / "qga")
        except OSError:
            return False
        lines._socket.settimeout(2)
        number = time.monotonic_ns() & 0xFFFFFF
        try:
            lines._socket.sendall(b"\xff")
            lines.send({"execute": "guest-sync-delimited", "arguments": {"id": number}})
            while lines.receive().get("return") != number:
                pass
        except (OSError, ValueError, LabError):
            lines.close()
            return False
        lines._socket.settimeout(ANSWER_S)
        self._agent = lines
        return True

    def run(self, *command: str, stdin: bytes = b"", seconds: float = ANSWER_S) -> Finished:
        """Run a program in the guest as root and wait for its end. Raises TimeoutError."""
        assert self._agent is not None, "wait() first"
        more = {"input-data": base64.b64encode(stdin).decode()} if stdin else {}
        options = {"path": command[0], "arg": list(command[1:]), "capture-output": True, **more}
        number = self._agent.ask("guest-exec", **options)["pid"]
        deadline = time.monotonic() + seconds
        while not (told := self._agent.ask("guest-exec-status", pid=number))["exited"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{command} in the guest")
            time.sleep(0.02)
        out, err = (base64.b64decode(told.get(name, "")).decode(errors="replace") for name in ("out-data", "err-data"))
        return Finished(told.get("exitcode", -int(told.get("signal", 1))), out, err)

    def shell(self, script: str, seconds: float = ANSWER_S) -> str:
        """What a script prints; it must succeed."""
        done = self.run("/bin/sh", "-c", script, seconds=seconds)
        assert done.code == 0, f"{script}\ncode {done.code}\n{done.out[-2000:]}\n{done.err[-3000:]}"
        return done.out

    def set_clock(self) -> None:
        """A restored guest still has the time of its picture."""
        assert self._agent is not None
        self._agent.ask("guest-set-time", time=time.time_ns())

    def monitor(self, command: str) -> None:
        """One line of QEMU's human monitor. Raises LabError when it answers anything."""
        lines = Lines(self.folder / "qmp")
        lines.receive()
        lines.ask("qmp_capabilities")
        said = lines.ask("human-monitor-command", **{"command-line": command})
        lines.close()
        if said.strip():
            raise LabError(f"{command}: {said}")

    def used_s(self) -> float:
        """Seconds of processor its QEMU has used so far, all threads together (proc(5), fields 14 and 15)."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def words(self) -> str:
        """Everything its console and QEMU itself said."""
        names = ("qemu.log", "console.log")
        return "\n".join((self.folder / n).read_text(errors="replace") for n in names if (self.folder / n).exists())

    def end(self) -> None:
        """As if its plug had been pulled."""
        if self._agent is not None:
            self._agent.close()
        self._process.kill()
        self._process.wait()


def probe(parts: Path, folder: Path) -> str:
    """`kvm` where the guest's kernel speaks within seconds on the real processor, else `tcg`.

    A writable /dev/kvm alone proves nothing: some hosts offer one that cannot run a plain kernel."""
    if not Path("/dev/kvm").exists() or platform.machine() != "x86_64":
        return "tcg"
    console = folder / "probe.log"
    command = ["qemu-system-x86_64", "-M", "q35", "-accel", "kvm", "-cpu", "host", "-m", "256", "-display", "none"]
    command += ["-nodefaults", "-no-reboot", "-serial", f"file:{console}", "-kernel", str(parts / "vmlinux")]
    command += ["-append", "console=ttyS0 earlyprintk=ttyS0 panic=-1"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + BANNER_S
    found = False
    while not found and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
        found = console.exists() and bool(
            re.search(r"Kernel panic|Run /init|VFS:", console.read_text(errors="replace"))
        )
    process.kill()
    process.wait()
    return "kvm" if found else "tcg"
