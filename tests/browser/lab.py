"""A running hub with a real broker and a paper agent, and Chromium to look at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medialab_hub.paths import STATIC
from tests.browser.paper_agent import PaperAgent
from tests.browser.paper_words import PaperDevice
from tests.fixtures.brokers import RealBroker
from tests.fixtures.hubs import PASSWORD, HubInThread, running_hub

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
ADMIN = "Ada"


@dataclass
class Lab:
    """Where the hub is and what it sees."""

    hub: HubInThread
    agent: PaperAgent

    @property
    def url(self) -> str:
        return self.hub.hub.url

    def setup_link(self) -> str:
        link: str = self.hub.call(self.hub.hub.first_link())
        return link

    def device(self, name: str) -> dict[str, Any]:
        """The row of the one device with that name."""
        return next(row for row in self.rows() if row["name"] == name)

    def has(self, name: str) -> bool:
        """Whether a device has that name now."""
        return any(row["name"] == name for row in self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """All devices."""
        with self.hub.client() as client:
            found: list[dict[str, Any]] = client.get("/api/v1/devices", params={"limit": 500}).json()["items"]
        return found


@contextmanager
def running_lab(folder: Path, devices: list[PaperDevice]) -> Iterator[Lab]:
    """A hub, its broker and an agent with these devices."""
    assert (STATIC / "index.html").is_file(), "the dashboard is not built: make dashboard"
    broker = RealBroker("mosquitto", folder)
    broker.start()
    try:
        with running_hub(folder / "data", mqtt_url=broker.url, backup_every_h=0) as hub:
            agent = PaperAgent(broker.port, devices)
            try:
                yield Lab(hub, agent)
            finally:
                agent.close()
    finally:
        broker.stop()


__all__ = ["ADMIN", "ARGUMENTS", "CHROMIUM", "PASSWORD", "Lab", "running_lab"]
