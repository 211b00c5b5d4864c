"""The broker the hub uses: one of its own on this machine, or a given one."""

import asyncio
import base64
import hashlib
import json
import logging
import os
import pwd
import secrets as randomness
import shutil
import socket
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from medialab_hub.adapters.broker_rules import HUB_USER, LARGEST_MESSAGE, Secrets, mosquitto_acl
from medialab_hub.adapters.child import Child, Command
from medialab_hub.paths import write_private
from medialab_wire.session import Broker as BrokerAccess
from medialab_wire.texts import Text

log = logging.getLogger(__name__)

READY_WITHIN_S = 15.0
"""Time a broker has until it accepts connections; amqtt needs about 2 s, more on a small computer."""
HASH_ROUNDS = 101
"""Rounds of PBKDF2-SHA512 in mosquitto's password files (mosquitto_passwd(1)); the passwords have 192 random bits."""


@dataclass(frozen=True)
class BrokerFacts:
    """What runs and what that means, for the system page."""

    kind: str
    """`mosquitto`, `amqtt` or `external`."""
    address: str
    """Host and port, never a password."""
    meaning: Text


_MOSQUITTO = Text(
    de="Der Hub betreibt seinen Nachrichtendienst selbst (mosquitto), nur auf diesem Rechner, mit eigenem Passwort "
    "für jeden Agenten. Nichts davon ist im Netz zu sehen.",
    en="The hub runs its own message service (mosquitto), on this machine only, with a password for each agent. "
    "None of it can be seen from the network.",
)
_AMQTT = Text(
    de="Der Hub betreibt einen Ersatz-Nachrichtendienst (amqtt), nur auf diesem Rechner. Er genügt zum Ausprobieren, "
    "wird aber bei vielen Geräten langsam. Bitte installieren Sie das Paket „mosquitto“ und starten Sie den Hub neu.",
    en="The hub runs a stand-in message service (amqtt), on this machine only. It is good enough to try things out, "
    "but gets slow with many devices. Please install the package “mosquitto” and start the hub again.",
)
_EXTERNAL = Text(
    de="Der Hub benutzt einen Nachrichtendienst, den jemand anderes betreibt. Kennwörter und Rechte werden dort "
    "eingestellt.",
    en="The hub uses a message service that somebody else runs. Passwords and rights are set there.",
)


class ExternalBroker:
    """A broker by URL, used as it is."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._url = f"{parts.scheme}://{parts.hostname}:{parts.port or (8883 if parts.scheme == 'mqtts' else 1883)}"
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self.facts = BrokerFacts("external", self._url, _EXTERNAL)

    async def start(self) -> None:
        """Nothing to start; the session connects when the broker is there."""

    async def stop(self) -> None:
        """Nothing to stop."""

    def access(self, agent: str | None = None) -> BrokerAccess:
        """The given credentials for the hub; agents have their own, unknown here, so theirs come without password."""
        if agent is not None:
            return BrokerAccess(self._url, agent, agent)
        return BrokerAccess(self._url, self._user or HUB_USER, self._user, self._password)


class LocalBroker:
    """A broker of its own: loopback only, generated passwords, started again when it dies, on the same port."""

    def __init__(self, folder: Path, agents: Iterable[str], *, binary: str | None) -> None:
        """`binary` is the path of mosquitto; None takes amqtt."""
        self._folder, self._binary = folder, binary
        self._agents = tuple(agents)
        self._secrets = _load_secrets(folder / "secrets.json", (HUB_USER, *self._agents))
        self._child: Child | None = None
        self.facts = self._describe()

    async def start(self) -> None:
        """Write the configuration, start the program, wait until it accepts connections."""
        await self._take_port()
        self.facts = self._describe()
        self._write_files()
        self._child = Child(self._command())
        await self._child.start()
        try:
            await asyncio.wait_for(_wait_for(self._secrets.port), READY_WITHIN_S)
        except TimeoutError:
            await self._child.stop(within_s=1)
            raise
        log.info("broker %s on %s", self.facts.kind, self.facts.address)

    async def stop(self) -> None:
        """End it."""
        if self._child is not None:
            await self._child.stop(within_s=1)

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._child.pid if self._child else None

    def access(self, agent: str | None = None) -> BrokerAccess:
        """Address and password of the hub or of an agent it was told of."""
        user = HUB_USER if agent is None else agent
        return BrokerAccess(f"mqtt://127.0.0.1:{self._secrets.port}", user, user, self._secrets.passwords[user])

    def _describe(self) -> BrokerFacts:
        kind, meaning = ("mosquitto", _MOSQUITTO) if self._binary else ("amqtt", _AMQTT)
        return BrokerFacts(kind, f"127.0.0.1:{self._secrets.port}", meaning)

    async def _take_port(self) -> None:
        """Keep the port of last time; the broker of a killed hub may need a moment to leave it."""
        port = self._secrets.port
        for _ in range(100):
            if port and _is_free(port):
                break
            if not port:
                port = _free_port()
            await asyncio.sleep(0.02)
        else:
            port = _free_port()
        self._secrets = Secrets(port, self._secrets.passwords)

    def _write_files(self) -> None:
        content = {"port": self._secrets.port, "passwords": self._secrets.passwords}
        write_private(self._folder / "secrets.json", json.dumps(content))
        if self._binary:
            lines = [f"{user}:{_mosquitto_hash(word)}" for user, word in self._secrets.passwords.items()]
            write_private(self._folder / "passwords", "\n".join(lines) + "\n")
            write_private(self._folder / "rules", mosquitto_acl())
            write_private(self._folder / "mosquitto.conf", mosquitto_config(self._folder, self._secrets.port))

    def _command(self) -> Command:
        if self._binary:
            return Command("mosquitto", [self._binary, "-c", str(self._folder / "mosquitto.conf")])
        program = "from medialab_hub.adapters.broker_amqtt import main; main()"
        return Command("amqtt", [sys.executable, "-c", program, str(self._folder / "secrets.json")])


def choose(mqtt_url: str, folder: Path, agents: Iterable[str]) -> LocalBroker | ExternalBroker:
    """The broker the settings ask for."""
    if mqtt_url != "auto":
        return ExternalBroker(mqtt_url)
    return LocalBroker(folder.absolute(), agents, binary=find_mosquitto())


def find_mosquitto() -> str | None:
    """The program, also where Debian puts it and a user's path does not look."""
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def mosquitto_config(folder: Path, port: int) -> str:
    """Configuration of mosquitto 2.0 (mosquitto.conf(5)). Nothing is stored: the database of the hub is the truth.

    `user` keeps it the user who starts the hub: a change of user would undo that it dies with the hub."""
    return "\n".join(
        [
            f"listener {port} 127.0.0.1",
            f"user {pwd.getpwuid(os.geteuid()).pw_name}",
            "allow_anonymous false",
            "use_username_as_clientid true",
            f"password_file {folder / 'passwords'}",
            f"acl_file {folder / 'rules'}",
            "persistence false",
            "persistent_client_expiration 1d",
            f"max_packet_size {LARGEST_MESSAGE}",
            "max_inflight_messages 1000",
            "max_queued_messages 100000",
            "max_queued_bytes 67108864",
            "set_tcp_nodelay true",
            "sys_interval 0",
            "log_dest stderr",
            "log_type error",
            "log_type notice",  # names who came, who was refused, and whose message was too large
            "",
        ]
    )


def _load_secrets(file: Path, users: Iterable[str]) -> Secrets:
    known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    kept = known.get("passwords", {})
    passwords = {user: kept.get(user) or randomness.token_urlsafe(24) for user in users}
    return Secrets(known.get("port", 0), passwords)


def _mosquitto_hash(password: str) -> str:
    salt = randomness.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, HASH_ROUNDS)
    return f"$7${HASH_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _wait_for(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
