"""Who may speak to a printer, and that nothing secret goes to a stranger."""

import pytest

from medialab_agent.drivers.prusalink.address import Place, places
from medialab_agent.drivers.prusalink.credentials import Credentials, credentials_for
from medialab_agent.drivers.prusalink.driver import DRIVER
from medialab_agent.sdk.simulated_http import Ask, Reply, Server
from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.reports import Access, IdentityKind
from medialab_wire.sightings import Sighting
from tests.drivers.prusalink.peers import SimulatedPeer
from tests.drivers.prusalink.session import Memory, driver_for


def manual(port: int) -> Sighting:
    facts = {"scheme": "prusalink", "address": "127.0.0.1", "port": str(port)}
    return Sighting(source="manual", key=f"prusalink://127.0.0.1:{port}", facts=facts)


@pytest.mark.parametrize("by", ["password", "key"])
async def test_it_is_known_by_its_serial(either: SimulatedPeer, by: str) -> None:
    driver = driver_for(either.sighting(), **{by: either.password if by == "password" else either.key})
    found = await driver.probe()
    assert found.access is Access.OK
    assert next((i.kind, i.value) for i in found.identities) == (IdentityKind.SERIAL, either.simulator.serial)
    assert (await driver.report()).facts["state"] == "idle"
    await driver.close()


@pytest.mark.parametrize("settings", [{}, {"password": "wrong-one"}, {"key": "wrong"}, {"password_other": "x"}])
async def test_without_the_right_password_a_person_is_asked(peer: SimulatedPeer, settings: dict[str, str]) -> None:
    driver = driver_for(peer.sighting(), **settings)
    found = await driver.probe()
    assert found.access is Access.NEEDS_PERSON
    assert found.help is not None and "Passwort" in found.help.de
    assert all(identity.kind is IdentityKind.PLACE for identity in found.identities)
    await driver.close()


async def test_a_changed_password_is_noticed_and_said(peer: SimulatedPeer) -> None:
    driver = driver_for(peer.sighting(), password=peer.password)
    assert (await driver.probe()).access is Access.OK
    peer.simulator.lock()
    assert (await driver.probe()).access is Access.NEEDS_PERSON
    await driver.close()


async def test_a_stale_nonce_costs_nothing(peer: SimulatedPeer) -> None:
    driver = driver_for(peer.sighting(), password=peer.password)
    await driver.probe()
    peer.simulator.access.forget()
    assert (await driver.report()).facts["state"] == "idle"
    await driver.close()


async def test_another_printer_at_the_address_is_not_taken_for_this_one(peer: SimulatedPeer) -> None:
    memory = Memory({"prusalink-serial": "CZPX9999"})
    driver = driver_for(peer.sighting(), memory=memory, password=peer.password)
    with pytest.raises(Unreachable) as trouble:
        await driver.probe()
    assert trouble.value.trouble.code == "other-device"
    await driver.close()


@pytest.mark.parametrize("realm", ["Router", ""])
async def test_no_secret_goes_to_a_stranger(realm: str) -> None:
    heard: list[Ask] = []

    async def handle(ask: Ask) -> Reply:
        heard.append(ask)
        challenge = {"WWW-Authenticate": f'Digest realm="{realm}", nonce="1"'} if realm else {}
        return Reply(401, b"", challenge)

    server = Server(handle)
    await server.start()
    driver = driver_for(manual(server.port), key="secret", password="secret2")
    assert (await driver.probe()).access is Access.FAILED
    assert heard and not any({"authorization", "x-api-key"} & ask.headers.keys() for ask in heard)
    await driver.close()
    await server.stop()


async def test_an_endless_answer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medialab_agent.drivers.prusalink.client.LONGEST_ANSWER", 1000)

    async def handle(_ask: Ask) -> Reply:
        return Reply(401, b"x" * 100_000, {"WWW-Authenticate": 'Digest realm="Administrator", nonce="1"'})

    server = Server(handle)
    await server.start()
    driver = driver_for(manual(server.port), password="secret2")
    with pytest.raises(Unreachable) as trouble:
        await driver.probe()
    assert trouble.value.trouble.code == "bad-answer"
    await driver.close()
    await server.stop()


def test_a_printer_has_settings_of_its_own() -> None:
    settings = {"password": "all", "password_prusa_mk4": "mine", "user_prusa_mk4": "lab", "key_192_0_2_9": "k"}
    mine = credentials_for(Place("http://192.0.2.7:80", ("prusa_mk4", "192_0_2_7")), settings)
    assert mine == Credentials(user="lab", password="mine")
    assert credentials_for(Place("x", ("192_0_2_9",)), settings) == Credentials(key="k")
    assert credentials_for(Place("x", ("prusa_mini",)), settings) == Credentials(password="all")
    assert credentials_for(Place("x", ("prusa_mini",)), {}) is None


def test_what_was_entered_for_this_printer_goes_before_settings() -> None:
    place, settings = Place("x", ("prusa_mk4",)), {"password_prusa_mk4": "old", "user": "lab", "key_prusa_mk4": "k"}
    assert credentials_for(place, settings, {"password": "new"}) == Credentials(password="new")
    assert credentials_for(place, settings, {"password": "new", "user": "ada"}) == Credentials("ada", "new")
    assert credentials_for(place, settings, {}) == Credentials("lab", "old")


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"type": "_prusalink._tcp", "host": "prusa-mk4.local", "address": "192.0.2.7", "port": "80"},
         "prusalink-prusa-mk4-80"),
        ({"type": "_octoprint._tcp", "host": "prusa-mk4.local", "address": "192.0.2.7"}, None),
        ({"type": "_prusalink._tcp"}, None),
    ],
)  # fmt: skip
def test_the_key_is_the_host_name(facts: dict[str, str], key: str | None) -> None:
    assert DRIVER.key(Sighting(source="mdns", key="x", facts=facts)) == key


def test_a_name_stands_in_for_an_address_nobody_announced() -> None:
    facts = {"type": "_prusalink._tcp", "host": "prusa-mk3.local", "port": "8080"}
    (found,) = places((Sighting(source="mdns", key="x", facts=facts),))
    assert found == Place("http://prusa-mk3.local:8080", ("prusa_mk3",))


@pytest.mark.parametrize("address", ["", "a b", "x/../y", "http://x", "x;y", "[::1"])
def test_what_is_no_address_is_no_place(address: str) -> None:
    facts = {"scheme": "prusalink", "address": address}
    assert places((Sighting(source="manual", key="x", facts=facts),)) == ()
