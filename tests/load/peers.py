"""The two ends of a measurement: an agent with very many devices, and a browser that only listens."""

import asyncio
import http.client
import json
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from medialab_wire import topics
from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.reports import Access, Identity, IdentityKind, Inventory, Presence, Report
from medialab_wire.session import Broker, Handlers, Session


class ManyDevices:
    """An agent with any number of devices; speaks the real protocol, keeps nothing."""

    def __init__(self, data: Path, count: int, agent: str = "local") -> None:
        secrets = json.loads((data / "broker" / "secrets.json").read_text())
        url = f"mqtt://127.0.0.1:{secrets['port']}"
        broker = Broker(url, agent, agent, secrets["passwords"][agent], max_queued=count + 1000)
        self.agent, self.count, self.seq = agent, count, 0
        self.session = Session(broker, [topics.all_down(agent)], Handlers(on_message=lambda _t, _p, ack: ack()))

    async def announce(self) -> None:
        """State, inventory and one report for each device."""
        self.session.connect()
        while not self.session.is_connected:
            await asyncio.sleep(0.01)
        devices = tuple(self.dev(number) for number in range(self.count))
        state = AgentState(phase=AgentPhase.READY, birth=1, boot="bench", version="0", agent=self.agent)
        self.session.publish(topics.state(self.agent), state.encode(), retain=True)
        self.session.publish(
            topics.inventory(self.agent), Inventory(version="1", devices=devices).encode(), retain=True
        )
        for number in range(self.count):
            self.report(number, 50, "0")

    def dev(self, number: int) -> str:
        return f"bench-{number}"

    def report(self, number: int, battery: int, firmware: str) -> None:
        """Only `battery` is volatile."""
        self.seq += 1
        report = Report(
            dev=self.dev(number),
            birth=1,
            seq=self.seq,
            presence=Presence.PRESENT,
            access=Access.OK,
            name=f"Tablet {number:05d}",
            kind="tablet",
            identities=(Identity(kind=IdentityKind.SERIAL, value=f"S{number:08d}", scope="bench"),),
            facts={"model": "Bench Tablet 10", "os": "14", "firmware": firmware},
            volatile={"battery": battery},
            sources=("usb",),
        )
        self.session.publish(topics.report(self.agent, self.dev(number)), report.encode(), retain=True)


class Listening(threading.Thread):
    """A program's stream, read line by line as it comes; notes how long news of each awaited device took."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._token = token
        self.awaited: dict[bytes, float] = {}
        self.late_ms: list[float] = []
        self.opened = threading.Event()

    def await_news_of(self, name: bytes) -> None:
        """Something about it is told from now on; the first event about it counts."""
        self.awaited[name] = time.perf_counter()

    def run(self) -> None:
        self._connection.request("GET", "/api/v1/stream", headers={"Authorization": f"Bearer {self._token}"})
        answer = self._connection.getresponse()
        self.opened.set()
        while line := answer.readline():
            if b'"name":"Tablet' in line:
                name = line.split(b'"name":"', 1)[1].split(b'"', 1)[0]
                if (told := self.awaited.pop(name, None)) is not None:
                    self.late_ms.append((time.perf_counter() - told) * 1000)


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
