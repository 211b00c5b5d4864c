"""What the lab of these tests has, and how its devices come into the inventory."""

import time
from collections.abc import Callable

from tests.browser.lab import Lab
from tests.browser.paper_words import HOSTILE, PaperDevice

CLEAN = [f"Papier {n}" for n in range(1, 10)]
"""Each test that resets one takes another of these."""
HANDS, UNVERIFIED, FAILING = "Hand 1", "Unsicher 1", "Kaputt 1"
IN_REPAIR = "Werkstatt 1"
ASKS, BARE, BLOCKED, HALTED = "Frage 1", "Frage 2", "Sperre 1", "Halt 1"
STACK = ("Stapel 1", "Stapel 2", "Stapel 10")
CLASS_SET = ("Satz 1", "Satz 2")
ROOM_OF_THREE = ("Kiste 1", "Kiste 2", "Kiste 3")


def fleet_of_paper() -> list[PaperDevice]:
    """Devices of every manner, with names good and bad."""
    plain = [PaperDevice(f"c{n}", name) for n, name in enumerate((*CLEAN, IN_REPAIR, *ROOM_OF_THREE))]
    plain[-1].manner = "failing"
    odd = [PaperDevice("hands", HANDS, "hands"), PaperDevice("hands-2", "Hand 2", "hands")]
    odd += [PaperDevice("unsure", UNVERIFIED, "unverified"), PaperDevice("broken", FAILING, "failing")]
    odd += [PaperDevice("asks", ASKS), PaperDevice("bare", BARE), PaperDevice("blocked", BLOCKED, "failing")]
    odd += [PaperDevice("halted", HALTED, "hands"), *(PaperDevice(f"s{n}", name) for n, name in enumerate(STACK))]
    odd[-2].manner = "failing"
    odd += [PaperDevice(f"set{n}", name) for n, name in enumerate(CLASS_SET)]
    hostile = [PaperDevice(f"h{n}", name) for n, name in enumerate(HOSTILE)]
    return [*plain, *odd, *hostile, PaperDevice("what", "Unbekanntes Ding", known=False)]


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something the hub does by itself."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def take_in(lab: Lab) -> None:
    """Adopt everything with a driver, three of it into a room, and wait for the recorded states."""
    with lab.hub.client() as client:

        def rows(**wanted: object) -> list[dict[str, object]]:
            asked = client.get("/api/v1/devices", params={"limit": 500, **wanted})
            found: list[dict[str, object]] = asked.raise_for_status().json()["items"]
            return found

        expected = len(lab.agent.devices)
        until(lambda: len(rows()) == expected, "the hub did not hear of all devices")
        room = client.post("/api/v1/locations", json={"name": "Raum Gelb"}).raise_for_status().json()["id"]
        wishes = [
            {"device": row["id"], "location": room if row["name"] in ROOM_OF_THREE else None}
            for row in rows()
            if row["driver"]
        ]
        client.post("/api/v1/adoptions", json={"devices": wishes}).raise_for_status()
        until(lambda: len(rows(status="used")) == len(wishes), "not every good state was recorded")
        for used in lab.agent.devices.values():
            used.traces = {"photos": 4}
            lab.agent.report(used)
        until(lambda: all(row["traces"] == 4 for row in rows(status="used")), "the use was not seen")
        device = lab.device(IN_REPAIR)["id"]
        client.post(f"/api/v1/devices/{device}/maintenance", json={"reason": "Ladebuchse"}).raise_for_status()
