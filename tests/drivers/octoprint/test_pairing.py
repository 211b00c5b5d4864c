"""A printer is paired by one click in OctoPrint, and says so when the pairing is gone."""

import asyncio

import pytest

from medialab_agent.drivers.octoprint.driver import DRIVER
from medialab_agent.sdk.steps import Order
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.reports import Access, IdentityKind
from tests.drivers.octoprint.peers import Peer
from tests.drivers.octoprint.person import click_allow, signed_in
from tests.fixtures.driver_session import Memory, link, reset_order, run
from tests.peers.octoprint.rig import PASSWORD, USER, OctoPrintPeer

PAIR = Order("x-2", "pair")


@pytest.mark.peers
async def test_a_person_clicks_allow_in_the_real_page(octoprint: OctoPrintPeer) -> None:
    from tests.drivers.octoprint.peers import RealPeer

    peer, memory = RealPeer(octoprint), Memory()
    driver = DRIVER(link(peer.sighting(), memory=memory))
    assert (await driver.probe()).access is Access.NEEDS_PERSON
    async with signed_in(octoprint.url, USER, PASSWORD) as page:
        pairing = asyncio.create_task(run(driver, PAIR))
        await click_allow(page)
        result = await pairing
    assert result.changed == ["allow"]
    assert result.machine_passed()
    assert memory["octoprint-key"]
    found = await driver.probe()
    assert (found.access, found.facts["version"]) == (Access.OK, "1.11.8")
    await peer.revoke()
    await driver.close()
    await peer.admin.aclose()


async def test_pairing_is_asked_granted_and_lost(peer: Peer) -> None:
    memory = Memory()
    driver = DRIVER(link(peer.sighting(), memory=memory))
    found = await driver.probe()
    assert found.access is Access.NEEDS_PERSON and found.help is not None
    assert found.identities[0].kind is IdentityKind.UUID
    assert (await driver.report()).access is Access.NEEDS_PERSON
    with pytest.raises(NeedsPerson):
        await driver.plan(reset_order({}))

    pairing = asyncio.create_task(run(driver, PAIR))
    await asyncio.sleep(0.5)
    assert not pairing.done()
    await peer.decide(True)
    assert (await pairing).machine_passed()
    assert (await driver.probe()).access is Access.OK
    assert (await driver.report()).access is Access.OK
    assert await driver.plan(PAIR) == ()

    await peer.revoke()
    lost = await driver.report()
    assert lost.access is Access.NEEDS_PERSON and lost.help is not None
    with pytest.raises(NeedsPerson):
        await driver.find_me()
    assert [step.id for step in await driver.plan(PAIR)] == ["allow"]
    await driver.close()


async def test_denied_pairing_says_so_and_stores_nothing(peer: Peer) -> None:
    memory = Memory()
    driver = DRIVER(link(peer.sighting(), memory=memory))
    pairing = asyncio.create_task(run(driver, PAIR))
    await asyncio.sleep(0.5)
    await peer.decide(False)
    with pytest.raises(NeedsPerson) as trouble:
        await pairing
    assert trouble.value.trouble.code == "pairing-denied"
    assert "octoprint-key" not in memory
    await driver.close()
