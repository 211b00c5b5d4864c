"""Coming to trust: somebody taps, or does not."""

import plistlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from medialab_agent.drivers.apple_ios.simulator import IPadSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.reports import Access, IdentityKind
from medialab_wire.texts import Text


async def test_a_stranger_learns_little_and_says_what_to_do(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", is_trusted=False))
    probe = await one.driver.probe()
    assert probe.access is Access.NEEDS_PERSON
    assert probe.help is not None and "vertrauen" in probe.help.de
    assert [identity.kind for identity in probe.identities] == [IdentityKind.UUID]
    assert probe.facts["product"] == "iPad13,18"
    assert one.effects == []


async def test_a_tap_makes_it_ours_and_the_serial_number_is_known(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", is_trusted=False, allow_after_s=0.2))
    run = await one.order("pair")
    assert run.trouble is None and run.done["trust"].changed
    assert any("Vertrauen" in words.de or "vertrauen" in words.de for words in run.said)
    probe = await one.again().probe()
    assert probe.access is Access.OK
    kinds = {identity.kind: identity.value for identity in probe.identities}
    assert kinds[IdentityKind.SERIAL] == one.simulator.state.serial
    assert (await one.order("pair")).done == {}


async def test_no_is_no(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", is_trusted=False))
    run = await one.order("pair", heard=lambda _words: one.simulator.deny())
    assert run.code == "trust-denied"
    assert (await one.driver.probe()).access is Access.NEEDS_PERSON


async def test_a_locked_one_asks_to_be_unlocked_first(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", {Fault.LOCKED}, is_trusted=False, allow_after_s=0.0))

    def unlock(words: Text) -> None:
        assert "entsperren" in words.de
        one.simulator.faults.clear()

    run = await one.order("pair", heard=unlock)
    assert run.trouble is None
    assert one.effects == ["trust"]


async def test_an_ipad_that_forgot_us_is_a_stranger_again(desk) -> None:
    one = await desk()
    assert (await one.driver.probe()).access is Access.OK
    one.simulator.state.hosts.clear()
    assert (await one.again().report()).access is Access.NEEDS_PERSON


def _strange_keys() -> dict[str, bytes]:
    """Key and certificate of a computer the iPad never met."""
    key, now = rsa.generate_private_key(public_exponent=65537, key_size=2048), datetime.now(UTC)
    name = x509.Name([])
    built = x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=1))
    certificate = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem = serialization.PrivateFormat.TraditionalOpenSSL
    private = key.private_bytes(serialization.Encoding.PEM, pem, serialization.NoEncryption())
    return {"HostCertificate": certificate, "HostPrivateKey": private}


async def test_a_name_without_its_certificate_opens_nothing(desk) -> None:
    """The simulated iPad checks whom it talks to, as real ones do."""
    one = await desk()
    mux = one.simulator.mux
    record = plistlib.loads(mux.records[one.simulator.udid])
    mux.records[one.simulator.udid] = plistlib.dumps(record | _strange_keys())
    with pytest.raises(Unreachable):
        await one.driver.find_me()
    assert one.effects == []


async def test_a_broken_record_is_replaced_by_connecting_again(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", allow_after_s=0.0))
    mux = one.simulator.mux
    mux.records[one.simulator.udid] = plistlib.dumps({"HostID": "x", "SystemBUID": "y", "HostCertificate": b"?"})
    assert (await one.driver.probe()).access is Access.NEEDS_PERSON
    assert (await one.order("pair")).done["trust"].changed
    assert (await one.again().probe()).access is Access.OK


async def test_where_the_hosts_certificate_is_of_no_use_the_root_opens_too(desk) -> None:
    """As libimobiledevice does; OpenSSL refuses some certificates that other programs made."""
    one = await desk()
    mux = one.simulator.mux
    record = plistlib.loads(mux.records[one.simulator.udid])
    mux.records[one.simulator.udid] = plistlib.dumps(record | {"HostCertificate": b"-----BEGIN nothing"})
    assert (await one.driver.probe()).access is Access.OK
