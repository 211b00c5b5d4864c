"""kill -9 of the hub while photos come in: what was answered is there, and nothing is half there."""

import os
import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.chaos.client import HubClient, admin_token
from tests.chaos.processes import Program, agent_program, hub_program
from tests.fixtures import pictures
from tests.fixtures.brokers import RealBroker, free_port
from tests.fixtures.hubs import until

KILLS = int(os.environ.get("MEDIALAB_CHAOS_SEEDS", "0")) or 1
MOST_IN_ONE_LIFE = 10
"""The hub takes no more than twelve a minute from one account."""
PHOTOS = [pictures.photo(1600, 1200, quality=quality) for quality in range(40, 90, 5)]


@dataclass
class Road:
    """A hub whose one device waits for a person."""

    folder: Path
    hub: Program
    port: int
    job: str = ""

    def client(self) -> HubClient:
        until(HubClient(self.port).is_up, 60)
        return HubClient(self.port, admin_token(self.hub))


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    with ExitStack() as stack:
        broker, port = RealBroker("mosquitto", tmp_path), free_port()
        broker.start()
        stack.callback(broker.stop)
        hub, agent = hub_program(tmp_path, port, broker.url), agent_program(tmp_path, broker.url, free_port(), 2)
        agent.env["MEDIALAB_SOURCES"] = "manual"
        for program in (hub, agent):
            program.start()
            stack.callback(program.stop)
        there = Road(tmp_path, hub, port)
        there.job = waiting(there.client())
        yield there


def waiting(client: HubClient) -> str:
    """A Bee-Bot's reset that has come to its first question."""
    until(lambda: [one for one in client.get("/api/v1/drivers")["items"] if one["by_hand"]], 60)
    client.post("/api/v1/things", {"device_class": "bee-bot", "count": 1})
    (device,) = until(lambda: client.get("/api/v1/devices")["items"], 60)
    client.post("/api/v1/adoptions", {"devices": [{"device": device["id"]}]})
    until(lambda: [one for one in client.jobs() if one["status"] == "succeeded"], 60)
    client.post(f"/api/v1/devices/{device['id']}/reset", {"grace_s": 0})
    (job,) = until(lambda: [one for one in client.jobs() if one["status"] == "waiting_person"], 60)
    return str(job["id"])


def send_until_killed(road: Road, client: HubClient, wait_s: float) -> tuple[list[str], str]:
    """Photos that were answered, in order, and the one that was on its way. `wait_s`: after the first answer."""
    kept: list[str] = []
    killer = threading.Timer(wait_s, road.hub.kill)
    photo = ""
    try:
        with httpx.Client(base_url=client.base, headers=client.headers, timeout=30) as line:
            for number in range(MOST_IN_ONE_LIFE):
                photo = f"pho-{uuid4()}"
                address = f"/api/v1/jobs/{road.job}/photos/{photo}?step=complete"
                answer = line.put(address, content=PHOTOS[number], headers={"Content-Type": "image/jpeg"})
                assert answer.status_code == 200, answer.text
                kept.append(photo)
                if len(kept) == 1:
                    killer.start()
    except httpx.TransportError:
        pass
    finally:
        killer.join()
    return kept, photo


def in_the_file(folder: Path) -> dict[str, str]:
    """Photos there are, by id: the checksum of their bytes. Fails when anything is half there."""
    with closing(sqlite3.connect(folder / "hub" / "hub.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        said = dict(database.execute("SELECT id, sha256 FROM photo WHERE erased_at IS NULL"))
        found = {key: sha256(data).hexdigest() for key, data in database.execute("SELECT * FROM photo_bytes")}
    assert found == said
    return found


@pytest.mark.slow
@pytest.mark.timeout(240 + 60 * KILLS)
def test_no_photo_is_lost_or_half_there_when_the_hub_is_killed(road: Road) -> None:
    chance = random.Random(1)
    for _ in range(KILLS):
        kept, on_its_way = send_until_killed(road, road.client(), chance.uniform(0.0, 0.4))
        (there,) = in_the_file(road.folder)
        assert there in {on_its_way, kept[-1]}
        road.hub.start()
        client = road.client()
        shown = client.get(f"/api/v1/jobs/{road.job}")["photos"]
        assert [photo["id"] for photo in shown] == [there]
