"""Runs a real Moonraker, with or without a real Klipper host (Kalico) and an emulated board behind it."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from string import Template

import httpx

from tests.peers.octoprint.wire import Cable

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PROGRAMS = ROOT / ".cache/peers/moonraker/bin"
BUILD = "from klippy import chelper; chelper.get_ffi()"


class PeerMissing(Exception):
    """The foreign program is not installed; the message says how to get it."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MoonrakerPeer:
    """One Moonraker in `base`. `with_klipper`: a printer behind it. `trusts_us`: needs no key from this machine.

    With `cable` it lives in a network namespace with a host name of its own, else on loopback."""

    def __init__(
        self,
        base: Path,
        *,
        with_klipper: bool = True,
        trusts_us: bool = True,
        sockets: int = 50,
        cable: Cable | None = None,
        hostname: str = "klipper-a",
    ) -> None:
        self.base, self.hostname, self.cable = base, hostname, cable
        self.with_klipper, self.trusts_us, self.sockets = with_klipper, trusts_us, sockets
        self.host = cable.there if cable else "127.0.0.1"
        self.port = 7125 if cable else _free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._board = Path("/tmp") / f"klipper_host_{os.getpid()}_{id(self):x}"  # this prefix: a pipe, without a rate
        self.admin = httpx.Client(base_url=self.url, timeout=60, trust_env=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.host}:{self.port}"

    @property
    def here(self) -> str:
        """Our own address on its network."""
        return self.cable.here if self.cable else "127.0.0.1"

    def prepare(self) -> None:
        """Write its settings and plug in the cable."""
        if not (PROGRAMS / "kalico").exists():
            raise PeerMissing(f"{PROGRAMS}/kalico is missing: make -s .cache/peers/moonraker/.synced")
        for folder in ("config/parts", "gcodes", "comms", "logs", "tmp"):
            (self.base / folder).mkdir(parents=True, exist_ok=True)
        trusted = self.here if self.trusts_us else "192.0.2.1"
        self._write("moonraker.conf", "config/moonraker.conf", TRUSTED=trusted)
        self._write("printer.cfg", "config/printer.cfg")
        shutil.copy(HERE / "fan.cfg", self.base / "config/parts/fan.cfg")
        _install_film_roots()
        if self.cable:
            self.cable.plug_in()

    def _write(self, source: str, target: str, **more: str) -> None:
        values = {
            "BASE": str(self.base),
            "LINK": str(self._board),
            "HOST": "0.0.0.0" if self.cable else self.host,
            "PORT": str(self.port),
            "SOCKET": str(self.base / "comms/klippy.sock"),
            "SOCKETS": str(self.sockets),
            "NAME": self.hostname,
            **more,
        }
        (self.base / target).write_text(Template((HERE / source).read_text()).substitute(values))

    def launch(self) -> None:
        """Start the programs; returns at once, but for the first time ever: then a C part is built."""
        self.launch_moonraker()
        if self.with_klipper:
            self._run("board", [sys.executable, str(HERE / "board.py"), str(self._board)])
            self.launch_klipper()

    def launch_moonraker(self) -> None:
        """Start Moonraker alone."""
        self._run("moonraker", [str(PROGRAMS / "moonraker"), "-d", str(self.base)])

    def launch_klipper(self) -> None:
        """Start the printer's own program."""
        _build_once()
        files = {"-a": "comms/klippy.sock", "-I": "comms/tty", "-l": "logs/klippy.log"}
        options = [part for flag, file in files.items() for part in (flag, str(self.base / file))]
        self._run("klipper", [str(PROGRAMS / "kalico"), str(self.base / "config/printer.cfg"), *options])

    def _run(self, name: str, command: list[str]) -> None:
        if self.cable:
            command = self.cable.inside(self.hostname, command)
        with (self.base / f"{name}.log").open("ab") as log:
            env = {
                **os.environ,
                "TMPDIR": str(self.base / "tmp"),
            }  # Moonrakers with one /tmp spoil each other's uploads
            self._processes[name] = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.base, env=env)

    def wait_ready(self, seconds: float = 90) -> None:
        """Wait until Moonraker answers, and its printer is ready if it has one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if ended := [name for name, process in self._processes.items() if process.poll() is not None]:
                raise RuntimeError((self.base / f"{ended[0]}.log").read_text()[-2000:])
            try:
                answer = self.admin.get("/server/info")
                if answer.status_code == 401 and not self.trusts_us:
                    return
                if answer.status_code == 200 and self._is_complete(answer.json()["result"]["klippy_state"]):
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise TimeoutError((self.base / "moonraker.log").read_text()[-2000:])

    def _is_complete(self, klippy_state: str) -> bool:
        return not self.with_klipper or klippy_state == "ready"

    def start(self) -> None:
        """Prepare, launch and wait."""
        self.prepare()
        self.launch()
        self.wait_ready()

    def api_key(self) -> str:
        """Of a running Moonraker, asked for where no login is needed: at its socket beside its files."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(20)
            line.connect(str(self.base / "comms/moonraker.sock"))
            line.sendall(b'{"jsonrpc": "2.0", "method": "access.get_api_key", "id": 1}\x03')
            told = b""
            while b'"id":1' not in told.replace(b" ", b"") or not told.endswith(b"\x03"):
                told += line.recv(4096)
        answers = [json.loads(part) for part in told.split(b"\x03") if part]
        return str(next(answer["result"] for answer in answers if answer.get("id") == 1))

    def kill(self, name: str) -> None:
        """End one of its programs (moonraker, klipper, board) without a farewell."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End the programs and remove what `prepare` made outside `base`."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        self.admin.close()
        self._board.unlink(missing_ok=True)
        if self.cable:
            self.cable.remove()


def _build_once() -> None:
    """Kalico builds its C part beside itself at its first start; two first starts at once would spoil it."""
    with (PROGRAMS.parent / ".build-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(PROGRAMS.parent.glob("lib/python*/site-packages/klippy/chelper/c_helper.so")):
            subprocess.run([str(PROGRAMS / "python"), "-c", BUILD], check=True, capture_output=True, timeout=120)


def _install_film_roots() -> None:
    """Moonraker finds further parts of itself only in its own folder."""
    (folder,) = PROGRAMS.parent.glob("lib/python*/site-packages/moonraker/components")
    source, target = (HERE / "film_roots.py").read_bytes(), folder / "film_roots.py"
    if not target.exists() or target.read_bytes() != source:
        fresh = folder / f".film_roots.{os.getpid()}"
        fresh.write_bytes(source)
        fresh.rename(target)
