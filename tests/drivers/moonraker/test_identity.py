"""Which printer answers, who is let in, and what only pretends to be one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import httpx
import pytest

from medialab_agent.drivers.moonraker.driver import DRIVER, MANIFEST
from medialab_agent.drivers.moonraker.simulator import API_KEY, MoonrakerSimulator
from medialab_agent.drivers.octoprint.driver import DRIVER as OCTOPRINT
from medialab_agent.drivers.octoprint.driver import MANIFEST as OCTOPRINT_MANIFEST
from medialab_agent.runtime.matcher import candidates
from medialab_agent.runtime.siblings import Siblings
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.simulated_http import Ask, Reply, Server
from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.reports import Access, IdentityKind
from medialab_wire.sightings import Sighting
from tests.drivers.moonraker.peers import Peer, RealPeer, SimulatedPeer, manual
from tests.fixtures.driver_session import Memory, link

UUID = "0123456789abcdef0123456789abcdef"


def mdns(**facts: str) -> Sighting:
    return Sighting(source="mdns", key="x", facts={"type": "_moonraker._tcp", **facts})


def known(sighting: Sighting, **settings: str) -> DeviceLink:
    return DeviceLink("dev-1", (sighting,), Memory(), settings)


@asynccontextmanager
async def serving(answers: dict[str, Reply], heard: list[str] | None = None) -> AsyncIterator[int]:
    async def handle(ask: Ask) -> Reply:
        if heard is not None:
            heard.append(ask.headers.get("x-api-key", ""))
        return answers.get(ask.path, Reply(404, b"Not found"))

    server = Server(handle)
    await server.start()
    try:
        yield server.port
    finally:
        await server.stop()


@contextmanager
def asking(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def test_key_is_the_announced_uuid_wherever_the_printer_is() -> None:
    seen = {DRIVER.key(mdns(address=a, port="80", **{"txt.uuid": UUID})) for a in ("192.0.2.7", "192.0.2.8")}
    assert seen == {f"moonraker-{UUID}"}


@pytest.mark.parametrize(
    "sighting",
    [
        Sighting(source="mdns", key="x", facts={"type": "_octoprint._tcp", "address": "192.0.2.7"}),
        Sighting(source="manual", key="x", facts={"scheme": "octoprint", "address": "192.0.2.7"}),
        mdns(),
    ],
)
def test_what_cannot_be_a_moonraker_has_no_key(sighting: Sighting) -> None:
    assert DRIVER.key(sighting) is None


async def test_identity_is_confirmed_at_the_address(peer: Peer) -> None:
    driver = DRIVER(link(peer.sighting()))
    found = await driver.probe()
    assert found.access is Access.OK and found.name
    assert [identity.kind for identity in found.identities] == [IdentityKind.UUID, IdentityKind.PLACE]
    stored = await peer.get("/server/database/item", namespace="moonraker", key="instance_id")
    assert found.identities[0].value == stored["value"]
    if isinstance(peer, RealPeer):
        assert stored["value"] == (peer.peer.base / ".moonraker.uuid").read_text()
    assert found.facts["nozzle_mm"] == 0.4
    assert {"version", "klipper_version"} <= found.facts.keys()
    await driver.close()


async def test_two_printers_with_one_host_name_are_not_confused(peer: Peer) -> None:
    facts = {"address": "127.0.0.1", "port": peer.sighting().facts["port"], "txt.uuid": UUID}
    with pytest.raises(Unreachable) as trouble:
        await DRIVER(link(mdns(**facts))).probe()
    assert trouble.value.trouble.code == "other-device"
    both = DRIVER(link(mdns(**facts), peer.sighting()))
    assert (await both.probe()).access is Access.OK
    await both.close()


async def test_a_printer_that_does_not_know_us_says_which_address_to_write_down() -> None:
    simulator = MoonrakerSimulator("mr-locked", trusts=False)
    await simulator.start()
    driver = DRIVER(known(simulator.sighting()))
    found = await driver.probe()
    assert found.access is Access.NEEDS_PERSON
    assert found.help is not None and "127.0.0.1" in found.help.de and "trusted_clients" in found.help.en
    assert (await driver.report()).access is Access.NEEDS_PERSON
    simulator.parts.trusts = True
    assert (await driver.probe()).access is Access.OK
    assert (await driver.report()).access is Access.OK
    await driver.close()
    await simulator.stop()


async def test_a_key_entered_for_this_printer_opens_the_door() -> None:
    simulator = MoonrakerSimulator("mr-entered", trusts=False)
    await simulator.start()
    for entered, access in ((API_KEY, Access.OK), ("f" * 32, Access.NEEDS_PERSON)):
        device = known(simulator.sighting(), key_127_0_0_1="e" * 32)
        device.access = {"key": entered}
        driver = DRIVER(device)
        found = await driver.probe()
        assert found.access is access
        assert found.help is None or "API-Schlüssel" in found.help.de
        await driver.close()
    await simulator.stop()


def as_printer(uuid: str) -> dict[str, Reply]:
    """What anybody can answer: it asks for a key, and it is a Moonraker, one with that uuid."""
    told = {"default_source": "moonraker", "available_sources": ["moonraker"]}
    described = f"<root><UDN>uuid:{uuid}</UDN></root>".encode()
    return {
        "/server/info": Reply(401),
        "/access/info": Reply.of({"result": told}),
        "/server/zeroconf/ssdp": Reply(200, described),
    }


def locked(uuid: str, *ports: int) -> DeviceLink:
    """A printer announced at these ports, for which a key was entered."""
    facts = [{"address": "127.0.0.1", "port": str(port), "txt.uuid": uuid} for port in ports]
    return DeviceLink("dev-1", tuple(mdns(**one) for one in facts), Memory(), access={"key": API_KEY})


@pytest.mark.parametrize(
    "answers",
    [
        {"/server/info": Reply(401)},
        {"/server/info": Reply(401), "/access/info": Reply.of({"result": {}})},
        as_printer("f" * 32),
    ],
)
async def test_an_entered_key_is_not_sent_before_it_is_known_who_answers(answers: dict[str, Reply]) -> None:
    heard: list[str] = []
    async with serving(answers, heard) as port:
        driver = DRIVER(locked(UUID, port))
        with suppress(Unreachable):
            assert (await driver.probe()).access is Access.FAILED
        await driver.close()
    assert heard and set(heard) == {""}


async def test_once_it_opened_the_printer_it_goes_to_that_address_only() -> None:
    heard: list[str] = []
    simulator = MoonrakerSimulator("mr-moved", trusts=False)
    await simulator.start()
    device = locked(simulator.uuid, int(simulator.sighting().facts["port"]))
    assert await probed(device) == (Access.OK, None)
    await simulator.stop()
    async with serving(as_printer(simulator.uuid), heard) as port:
        device.sightings = (*locked(simulator.uuid, port).sightings, *device.sightings)
        access, said = await probed(device)
        assert access is Access.NEEDS_PERSON and said is not None and "anderen Adresse" in said
        assert heard and set(heard) == {""}
        device.access = {}
        assert (await probed(device))[0] is Access.NEEDS_PERSON
        device.access = {"key": API_KEY}
        access, said = await probed(device)
        assert access is Access.NEEDS_PERSON and said is not None and "nicht an" in said
    assert set(heard) == {"", API_KEY}, "who forgets it and enters it again wants it sent there"


async def probed(device: DeviceLink) -> tuple[Access, str | None]:
    """What a new driver finds, as after a restart."""
    driver = DRIVER(device)
    found = await driver.probe()
    await driver.close()
    return found.access, None if found.help is None else found.help.de


async def test_a_key_that_cannot_be_one_is_told_as_wrong() -> None:
    simulator = MoonrakerSimulator("mr-odd", trusts=False)
    await simulator.start()
    device = known(simulator.sighting())
    device.access = {"key": "schlüssel-7"}
    access, said = await probed(device)
    assert access is Access.NEEDS_PERSON and said is not None and "nicht an" in said
    await simulator.stop()


async def test_a_key_written_for_the_address_opens_the_door() -> None:
    simulator = MoonrakerSimulator("mr-key", trusts=False)
    await simulator.start()
    driver = DRIVER(known(simulator.sighting(), key_127_0_0_1=API_KEY))
    assert (await driver.probe()).access is Access.OK
    assert (await driver.report()).facts["state"] == "idle"
    await driver.close()
    wrong = DRIVER(known(simulator.sighting(), key_127_0_0_1="f" * 32))
    assert (await wrong.probe()).access is Access.NEEDS_PERSON
    await wrong.close()
    await simulator.stop()


async def test_a_key_is_sent_only_where_it_is_needed_and_only_to_its_address() -> None:
    heard: list[str] = []
    closed = {"/server/info": Reply(401), "/access/info": Reply(401)}
    async with serving(closed, heard) as port:
        driver = DRIVER(known(manual("127.0.0.1", port), key_192_0_2_7="s" * 32, key="s" * 32))
        assert (await driver.probe()).access is Access.FAILED
        await driver.close()
    assert heard and set(heard) == {""}
    simulator = MoonrakerSimulator("mr-open")
    await simulator.start()
    simulator.parts.api_key = "x" * 32  # a wrong key would be refused although none is needed
    driver = DRIVER(known(simulator.sighting(), key_127_0_0_1="s" * 32))
    assert (await driver.probe()).access is Access.OK
    await driver.close()
    await simulator.stop()


@pytest.mark.parametrize("answer", [Reply(200, b"<html>"), Reply(200, b"{}"), Reply(404), Reply(500)])
async def test_other_products_are_named_as_such(answer: Reply) -> None:
    async with serving({"/server/info": answer}) as port:
        driver = DRIVER(link(manual("127.0.0.1", port)))
        try:
            found = await driver.probe()
            assert found.access is Access.FAILED and found.help is not None
        except Unreachable as error:
            assert error.trouble.code == "bad-answer"
        await driver.close()


async def test_nobody_at_the_address() -> None:
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    with pytest.raises(Unreachable):
        await DRIVER(link(manual("127.0.0.1", port))).probe()


async def test_what_it_says_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medialab_agent.drivers.moonraker.client.MOST_BYTES", 1000)
    async with serving({"/server/info": Reply(200, b"x" * 100_000)}) as port:
        driver = DRIVER(link(manual("127.0.0.1", port)))
        with pytest.raises(Unreachable) as trouble:
            await driver.probe()
        assert trouble.value.trouble.code == "bad-answer"
        await driver.close()


async def test_the_octoprint_driver_refuses_its_imitation(peer: Peer) -> None:
    facts = {**manual("127.0.0.1", int(peer.sighting().facts["port"])).facts, "scheme": "octoprint"}
    driver = OCTOPRINT(link(Sighting(source="manual", key="x", facts=facts)))
    found = await driver.probe()
    assert found.access is Access.FAILED
    assert [identity.kind for identity in found.identities] == [IdentityKind.PLACE]
    await driver.close()


class Book:
    """A registry of both drivers that takes down what arrives."""

    def __init__(self) -> None:
        self.seen: list[str | None] = []

    def see(self, sighting: Sighting) -> None:
        self.seen.append(self._key(sighting))

    def is_claimed(self, sighting: Sighting) -> bool:
        return self._key(sighting) is not None

    def _key(self, sighting: Sighting) -> str | None:
        drivers = {"moonraker": DRIVER, "octoprint": OCTOPRINT}
        found = candidates(sighting, [MANIFEST, OCTOPRINT_MANIFEST])
        return next((key for candidate in found if (key := drivers[candidate.driver].key(sighting))), None)


@pytest.mark.parametrize("name", [f"Moonraker-{UUID[:8]} @ klipper-a", "Drucker Eule"])
async def test_announced_as_octoprint_too_it_stays_one_device(name: str) -> None:
    own = mdns(name=name, host="klipper-a.local", address="192.0.2.7", port="7125", **{"txt.uuid": UUID})
    other = Sighting(source="mdns", key="y", facts={**own.facts, "type": "_octoprint._tcp"})
    book = Book()
    siblings = Siblings(book, 0.02)
    siblings.see(other)
    siblings.see(own)
    await asyncio.sleep(0.06)
    assert book.seen == [f"moonraker-{UUID}"]


def test_every_peer_is_seen_by_the_manifest() -> None:
    simulator = MoonrakerSimulator("mr")
    for sighting in (simulator.sighting(), SimulatedPeer(simulator).sighting(), manual("127.0.0.1", 7125)):
        assert [found.driver for found in candidates(sighting, [MANIFEST])] == ["moonraker"]
