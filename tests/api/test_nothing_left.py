"""Whoever is erased is nowhere any more: not in the database, its log, the data folder, what the hub logged, any paper
on disk or what the broker keeps. Statistics stay the same to the bit, and the journal is whole."""

import logging
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as mqtt
import pytest

from tests.fixtures import pdf_reader as pdf
from tests.fixtures import pictures
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.brokers import RealBroker
from tests.fixtures.hubs import HubInThread, running_hub, until

NAMES = {
    "family_name": "Kanarienvogel",
    "given_name": "Zwitscherline",
    "email": "piepmatz@voliere.example",
    "phone": "0251 98765432",
}
TYPED = {
    "purpose": "Flugschau mit Ziervögeln",
    "client_key": "telefon-von-frau-piep",
    "damage": "Der Wellensittich hat das Kabel zerbissen",
    "scanned": "Gefiederkarte Papagena 77",
}
YEARS = {"starts": "2020-01-01T00:00:00Z", "ends": "2040-01-01T00:00:00Z"}
CANARIES = [*NAMES.values(), *TYPED.values(), pictures.NAME, "kanarienvogel", "Flugschau", "Wellensittich", "Papagena"]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RealBroker]:
    started = RealBroker("mosquitto", tmp_path)
    started.start()
    yield started
    started.stop()


def retained(broker: RealBroker) -> dict[str, bytes]:
    """Everything the broker keeps, as another program sees it."""
    found: dict[str, bytes] = {}
    asked, told = f"end/{id(found)}", threading.Event()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)

    def take(_client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.topic == asked:
            told.set()
        elif message.retain:
            found[message.topic] = message.payload

    client.on_message = take
    client.connect("127.0.0.1", broker.port)
    client.subscribe("#")
    client.loop_start()
    while not told.wait(0.1):
        client.publish(asked, b"")  # comes after everything retained
    client.loop_stop()
    client.disconnect()
    return found


def on_disk(*folders: Path) -> str:
    """Every file, papers as what can be read in them."""
    found = []
    for file in (one for folder in folders for one in folder.rglob("*") if one.is_file()):
        data = file.read_bytes()
        found.append(data.decode("latin-1") + data.decode("utf-8", "replace"))
        found.append(pdf.words_of(data) if data.startswith(b"%PDF") else "")
    return "".join(found)


def hits(text: str) -> list[str]:
    return sorted({word for word in CANARIES if word in text or word.encode().decode("latin-1") in text})


class Lab:
    """A hub with one lent device, and somebody who is everywhere."""

    def __init__(self, hub: HubInThread, staff: httpx.Client) -> None:
        self.staff = staff
        agent = ScriptedAgent(hub.hub.broker.access("local"))
        agent.report("lent")
        (row,) = until(lambda: self.get("devices")["items"])
        agent.close()
        self.device, self.tag = row["id"], row["asset_tag"]
        self.post("adoptions", devices=[{"device": self.device}], record_baseline=False)
        adopted = until(lambda: self.get(f"devices/{self.device}")["asset_tag"])
        self.tag = str(adopted)
        self.model = self.post("models", name="Calliope", class_id="calliope-mini-1", devices=[self.device])["id"]
        self.school = self.post("institutions", name="Schule", kind="school", school_form="gymnasium")["id"]
        member = {"institution": self.school, "role": "teacher"}
        self.person = self.post("people", **NAMES, institution=self.school, memberships=[member])["id"]

    def get(self, path: str) -> Any:
        return self.staff.get(f"/api/v1/{path}").raise_for_status().json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.staff.post(f"/api/v1/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def statistics(self) -> tuple[Any, bytes]:
        """As data, without the moment at which it is told, and as a table."""
        told = self.get("reports/annual.json")
        table = self.staff.get("/api/v1/reports/annual.csv").content
        return {**told, "made": ""}, table

    def lend_everywhere(self) -> None:
        """A card, a loan with slip, a damage with words and photo, the waiting list, a refused wish, scans."""
        code = self.post("codes", count=1)["codes"][0]
        claim = {"noun": "person", "subject": self.person}
        assert self.staff.put(f"/api/v1/codes/{code}", json=claim).is_success
        self.post(f"people/{self.person}/trainings", proven_on="2026-01-01", model=self.model)
        ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        who = {"person": self.person, "purpose": TYPED["purpose"], "client_key": TYPED["client_key"], "group_size": 9}
        loan = self.post("loans", lines=[{"device": self.device}], ends=ends, excuse="agreed", **who)["booking"]
        slip = self.staff.get(f"/api/v1/bookings/{loan}/slip.pdf").content
        assert NAMES["family_name"] in pdf.words_of(slip)
        self.post("returns", devices=[self.device])
        case = self.post("damages", device=self.device, kind="part", words=TYPED["damage"], booking=loan)["id"]
        photo = self.staff.put(
            f"/api/v1/damages/{case}/photos/pho-{uuid.uuid4()}",
            content=pictures.photo(),
            headers={"Content-Type": "image/jpeg"},
        )
        assert photo.is_success, photo.text
        self.refused_and_waiting()
        self.scan(code)
        assert self.staff.delete(f"/api/v1/people/{self.person}").json()["erased"] is False, "a damage is open"
        self.post(f"damages/{case}/close", outcome="repaired")

    def refused_and_waiting(self) -> None:
        start = datetime.now(UTC) + timedelta(hours=3)
        times = {"starts": start.isoformat(), "ends": (start + timedelta(hours=3)).isoformat()}
        lines = [{"model": self.model, "quantity": 5}]
        wish = {"lines": lines, "person": self.person, "purpose": TYPED["purpose"], "excuse": "agreed", **times}
        assert self.staff.post("/api/v1/bookings", json=wish).status_code == 409
        waiting = self.post("waitlist", model=self.model, quantity=5, person=self.person, **times)["waiting"]
        assert self.staff.delete(f"/api/v1/waitlist/{waiting}").is_success

    def scan(self, code: str) -> None:
        session = self.post("scan-sessions", mode="count")["session"]
        now = datetime.now(UTC).isoformat()
        texts = (code, TYPED["scanned"], self.tag)
        scans = [
            {"id": f"event-{number}", "client": "desk-1234", "sequence": number, "at": now, "kind": "scan", "raw": raw}
            for number, raw in enumerate(texts, 1)
        ]
        self.post(f"scan-sessions/{session}/events", events=scans)


def test_whoever_is_erased_is_nowhere(
    broker: RealBroker, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "PIL")  # by which this test makes the photo; the hub does not know it
    data = tmp_path / "data"
    with running_hub(data, mqtt_url=broker.url) as hub, hub.client("staff") as staff, hub.client("admin") as admin:
        lab = Lab(hub, staff)
        lab.lend_everywhere()
        assert len(hits(on_disk(data))) >= 6, "the search finds what is there"
        before = lab.statistics()
        assert before[0]["total"]["items"] == 1 and before[0]["total"]["unmet"] == 1
        assert staff.delete(f"/api/v1/people/{lab.person}").json() == {"erased": True, "open_bookings": []}
        assert lab.statistics() == before
        assert admin.get("/api/v1/journal/check").json()["is_whole"]
        kept = retained(broker)
        assert kept, "the broker keeps what agents said"
        logged = caplog.text + "".join(capfd.readouterr())
        places = {
            "files": on_disk(data),
            "broker": "".join(topic + payload.decode("latin-1") for topic, payload in kept.items()),
            "logs": logged,
            "answers": staff.get("/api/v1/bookings", params=YEARS).text + staff.get("/api/v1/damages").text,
        }
        assert {place: hits(text) for place, text in places.items() if hits(text)} == {}
    assert hits(on_disk(data)) == [], "nor after the hub has closed its files"
