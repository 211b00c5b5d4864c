"""Malicious names and rubbish on every topic, from clients with valid passwords: nothing else changes, and it is named.

Hub, agent, broker and devices are programs of their own; both brokers with the passwords and rules of the hub."""

import re
import unicodedata

import pytest

from medialab_wire import topics
from tests.lab.hostile.devices import NAMES
from tests.lab.hostile.rig import AGENT, ROGUE, Rig
from tests.lab.hostile.villain import HUGE, rubbish, villain

pytestmark = [pytest.mark.timeout(300)]

ROOM_MB = 120
"""Megabytes a program may have more after messages of 50 MB each: it may hold one for a moment, not keep them."""


def up(agent: str, dev: str) -> list[str]:
    """Every upward topic of an agent, and some that do not exist."""
    known = [topics.state(agent), topics.inventory(agent), topics.report(agent, dev), topics.event(agent, dev)]
    return [*known, topics.execution(agent, "job-1"), f"ml/1/a/{agent}/up/x/", f"ml/1/a/{agent}/up/d/..//rep"]


def down(agent: str) -> list[str]:
    """Every downward topic of an agent, the hub's own, and one that does not exist."""
    return [topics.HUB, topics.config(agent), topics.next_work(agent), topics.ask(agent), f"ml/1/a/{agent}/dn/nonsense"]


def is_harmless(text: str) -> bool:
    """No control characters, and nothing that turns the direction of what follows."""
    return not any(unicodedata.category(char) in ("Cc", "Zl", "Zp") or char in "\u202e\u2066\u200f" for char in text)


def test_malicious_names_stay_names_and_are_mentioned(rig: Rig) -> None:
    said = (rig.folder / "agent.log").read_text() + (rig.folder / "hub.log").read_text()
    assert is_harmless(said.replace("\n", "")), "a name forges no line of the log"
    assert not any(line.lstrip().startswith("ERROR forged") for line in said.splitlines())
    for serial in ("CONTROL1", "LONG0001"):
        device = rig.serial(serial)
        assert device["name"] and len(device["name"]) <= 512
        assert device["status"] in ("used", "ready")
        assert re.search(f"odd name of [0-9]+ characters for {device['connections'][0]['dev']}", said)
    assert rig.serial("MARKUP01")["name"].endswith(NAMES["MARKUP01"]), "it is text, and kept as it is"
    labels = rig.client._http.get("/api/v1/labels.pdf", params={"devices": ",".join(rig.fleet())})
    assert labels.content.startswith(b"%PDF")


def test_rubbish_from_an_agent_of_its_own(rig: Rig) -> None:
    before, agents = rig.fleet(), rig.agents()
    dev = rig.serial("PLAIN001")["connections"][0]["dev"]
    with villain(rig.broker.access(ROGUE)) as rogue:
        assert rogue.say(up(ROGUE, "t1"), rubbish())
        rogue.say(up(ROGUE, "t2"), rubbish(), retain=True)
        rogue.say(up(AGENT, dev), rubbish())
        rogue.say(down(AGENT), rubbish())
    rig.wait("it is named", lambda: f"unusable message on ml/1/a/{ROGUE}/up/" in rig.hub.last_words(400))
    assert any(ROGUE in str(entry) and "wire.invalid" in str(entry) for entry in rig.journal())
    assert f"unusable message on ml/1/a/{AGENT}/" not in rig.hub.last_words(400), "nobody speaks for another agent"
    assert "not understood" not in rig.agent.last_words(400), "and nobody but the hub speaks to an agent"
    rig.settles_as(before)
    assert rig.agents() == agents
    rig.reset_works()


def test_rubbish_with_the_password_of_the_agent(rig: Rig) -> None:
    before = rig.fleet()
    dev = rig.serial("PLAIN002")["connections"][0]["dev"]
    with villain(rig.broker.access(AGENT)) as thief:
        thief.say(up(AGENT, dev), rubbish(), retain=True)
    rig.wait("it is named", lambda: f"unusable message on ml/1/a/{AGENT}/up/" in rig.hub.last_words(400))
    rig.settles_as(before)
    rig.reset_works()


def test_rubbish_with_the_password_of_the_hub(rig: Rig) -> None:
    before = rig.fleet()
    with villain(rig.broker.access()) as usurper:
        usurper.say(down(AGENT), rubbish(), retain=True)
    rig.wait("it is named", lambda: "not understood" in rig.agent.last_words(2000))
    rig.settles_as(before)
    rig.reset_works()


def test_fifty_megabytes_on_every_topic(rig: Rig) -> None:
    before, empty = rig.fleet(), rig.memory()
    dev = rig.serial("PLAIN001")["connections"][0]["dev"]
    huge = [b'{"dev":"' + b"x" * HUGE + b'"}']
    with villain(rig.broker.access(ROGUE)) as rogue:
        rogue.say(up(ROGUE, "t1")[:3], huge)
    with villain(rig.broker.access(AGENT)) as thief:
        thief.say([topics.report(AGENT, dev)], huge)
    with villain(rig.broker.access()) as usurper:
        usurper.say([topics.next_work(AGENT), topics.ask(AGENT)], huge)
    said = (rig.folder / "broker.log").read_text()
    assert f"{ROGUE} disconnected due to oversize packet" in said or f"a packet of {HUGE + 10} bytes" in said
    rig.settles_as(before)
    rig.reset_works()
    full = rig.memory()
    assert all(full[name] - empty[name] <= ROOM_MB for name in full), (empty, full)
