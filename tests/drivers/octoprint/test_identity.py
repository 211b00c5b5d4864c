"""Which printer answers, and what only pretends to be one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from medialab_agent.drivers.octoprint.driver import DRIVER, MANIFEST
from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from medialab_agent.sdk.simulated_http import Ask, Reply, Server
from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.reports import Access, IdentityKind
from medialab_wire.sightings import Sighting
from tests.drivers.octoprint.peers import Peer, manual
from tests.fixtures.driver_session import Memory, link


def mdns(**facts: str) -> Sighting:
    return Sighting(source="mdns", key="x", facts={"type": "_octoprint._tcp", **facts})


@asynccontextmanager
async def serving(answers: dict[str, Reply], otherwise: int = 404) -> AsyncIterator[int]:
    async def handle(ask: Ask) -> Reply:
        return answers.get(ask.path, Reply(otherwise, b"Not found"))

    server = Server(handle)
    await server.start()
    try:
        yield server.port
    finally:
        await server.stop()


def version(text: str) -> dict[str, Reply]:
    return {"/api/version": Reply.of({"api": "0.1", "server": "1.5.0", "text": text})}


def test_key_is_the_announced_uuid_wherever_the_printer_is() -> None:
    seen = {DRIVER.key(mdns(address=a, port="80", **{"txt.uuid": "AB-12"})) for a in ("192.0.2.7", "192.0.2.8")}
    assert seen == {"octoprint-ab-12"}


@pytest.mark.parametrize(
    "sighting",
    [
        mdns(name="PrusaLink at mk3", address="192.0.2.7", port="80"),
        Sighting(source="mdns", key="x", facts={"type": "_http._tcp", "address": "192.0.2.7"}),
        Sighting(source="manual", key="x", facts={"scheme": "moonraker", "address": "192.0.2.7"}),
        mdns(),
    ],
)
def test_what_cannot_be_an_octoprint_has_no_key(sighting: Sighting) -> None:
    assert DRIVER.key(sighting) is None


def test_every_check_and_fact_is_announced() -> None:
    level = MANIFEST.level("clean")
    assert level is not None and MANIFEST.default_level == "clean"
    assert {m.source for m in MANIFEST.matchers} == {"mdns", "manual"}
    assert {fact.key for fact in MANIFEST.facts if fact.trace} == {"learner_files", "timelapses"}


async def test_identity_is_confirmed_at_the_address(peer: Peer) -> None:
    driver = DRIVER(link(peer.sighting()))
    found = await driver.probe()
    kinds = [identity.kind for identity in found.identities]
    assert kinds == [IdentityKind.UUID, IdentityKind.PLACE]
    assert found.identities[0].value in (await peer.admin.get("/plugin/discovery/discovery.xml")).text
    assert found.name
    await driver.close()


async def test_two_printers_with_one_host_name_are_not_confused(peer: Peer) -> None:
    other = OctoPrintSimulator("op-other")
    await other.start()
    facts = {**other.sighting().facts, "address": "127.0.0.1", "port": str(other.port), "txt.uuid": "1-2-3"}
    driver = DRIVER(link(Sighting(source="mdns", key="x", facts=facts)))
    with pytest.raises(Unreachable) as trouble:
        await driver.probe()
    assert trouble.value.trouble.code == "other-device"
    both = DRIVER(link(Sighting(source="mdns", key="x", facts=facts), peer.sighting()))
    assert (await both.probe()).access is Access.NEEDS_PERSON
    await both.close()
    await other.stop()


@pytest.mark.parametrize("uuid", ["", "6-6-6"])
async def test_a_stored_key_is_never_sent_to_a_stranger(uuid: str) -> None:
    heard: list[str] = []
    xml = f"<UDN>uuid:{uuid}</UDN>".encode()
    answers = {"/plugin/discovery/discovery.xml": Reply(200, xml), "/plugin/appkeys/probe": Reply(204)}

    async def handle(ask: Ask) -> Reply:
        heard.append(ask.headers.get("x-api-key", ""))
        return answers.get(ask.path, Reply(403))

    server = Server(handle)
    await server.start()
    memory = Memory({"octoprint-key": "secret", "octoprint-uuid": "1-2-3"})
    driver = DRIVER(link(manual("127.0.0.1", server.port), memory=memory))
    assert (await driver.probe()).access is Access.NEEDS_PERSON
    assert (await driver.report()).access is Access.NEEDS_PERSON
    assert heard and set(heard) == {""}
    await driver.close()
    await server.stop()


@pytest.mark.parametrize("text", ["OctoPrint (Moonraker 0.11.0)", "PrusaLink 0.8.1"])
async def test_other_products_are_named_as_such(text: str) -> None:
    async with serving(version(text)) as port:
        driver = DRIVER(link(manual("127.0.0.1", port)))
        found = await driver.probe()
        assert found.access is Access.FAILED
        assert found.help is not None
        await driver.close()


async def test_prusalink_behind_its_password_is_not_ours() -> None:
    async with serving({"/api/version": Reply(401)}) as port:
        driver = DRIVER(link(manual("127.0.0.1", port)))
        assert (await driver.probe()).access is Access.FAILED
        await driver.close()


async def test_a_starting_octoprint_is_waited_for() -> None:
    async with serving({}) as port:
        driver = DRIVER(link(manual("127.0.0.1", port)))
        with pytest.raises(Unreachable) as trouble:
            await driver.probe()
        assert trouble.value.trouble.code == "device-starting"
        await driver.close()


async def test_nobody_at_the_address() -> None:
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    with pytest.raises(Unreachable):
        await DRIVER(link(manual("127.0.0.1", port))).probe()
