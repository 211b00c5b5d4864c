"""The printer's MQTT broker: a mosquitto of its own, with TLS for others and a plain door for the printer itself."""

import asyncio
import base64
import ctypes
import hashlib
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from medialab_agent.drivers.bambu.simulated.certificates import Files
from medialab_agent.sdk.scene import SceneUnavailable

START_S = 10.0
PR_SET_PDEATHSIG = 1
"""prctl(2): the kernel sends this signal when the thread that started the child ends, even by force."""
_CONFIG = """\
per_listener_settings true
{user}
log_type error
persistence false
listener {port} {address}
certfile {cert}
keyfile {key}
allow_anonymous false
password_file {passwords}
listener {inner} {address}
allow_anonymous true
"""


def find_mosquitto() -> str:
    """Its path. Raises `SceneUnavailable`."""
    found = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        raise SceneUnavailable("the program mosquitto is missing: sudo apt install mosquitto")
    return found


def free_port(address: str) -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> Callable[[], object]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _hashed(password: str) -> str:
    """As mosquitto_passwd(1) writes it: PBKDF2 with SHA-512."""
    salt, rounds = secrets.token_bytes(12), 101
    found = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(found).decode()}"


class PrinterBroker:
    """One mosquitto in a folder of its own."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder, self._address = folder, address
        self._process: asyncio.subprocess.Process | None = None
        self.inner = free_port(address)

    async def start(self, port: int, code: str, files: Files) -> None:
        """Start it and wait until it listens. Raises `SceneUnavailable`."""
        passwords, config = self._folder / "passwords", self._folder / "mosquitto.conf"
        passwords.write_text(f"bblp:{_hashed(code)}\n")
        passwords.chmod(0o600)
        user = "user root" if os.geteuid() == 0 else ""
        told = {"port": port, "inner": self.inner, "address": self._address, "user": user, "passwords": passwords}
        config.write_text(_CONFIG.format(cert=files.certificate, key=files.key, **told))
        self._process = await asyncio.create_subprocess_exec(
            find_mosquitto(), "-c", str(config),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=_die_with_parent() if sys.platform == "linux" else None,
        )  # fmt: skip
        async with asyncio.timeout(START_S):
            await self._listening(port)

    async def _listening(self, port: int) -> None:
        while True:
            if self._process is not None and self._process.returncode is not None:
                raise SceneUnavailable(f"mosquitto ended with {self._process.returncode}")
            with suppress(OSError):
                _, writer = await asyncio.open_connection(self._address, port)
                writer.transport.abort()
                return
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """End it at once."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
