"""From an announced service to facts, whatever it announces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.discovery.addresses import is_only_here, local_addresses
from medialab_agent.discovery.mdns_facts import best_address, facts_of, instance_of, service_type, types_of
from medialab_wire.capabilities import DriverManifest, Matcher, Quality
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

garbage = st.text(st.characters(codec=None), max_size=600)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("_http._tcp.local.", "_http._tcp"),
        ("_HTTP._TCP.local.", "_http._tcp"),
        ("_adb-tls-connect._tcp", "_adb-tls-connect._tcp"),
        ("_medialab._tcp.local.", None),
        ("http._tcp.local.", None),
        ("_http._tcp.example.org.", None),
        ("_octo*._tcp", None),
        ("_universal._sub._ipp._tcp.local.", None),
        ("", None),
    ],
)
def test_service_types(text: str, expected: str | None) -> None:
    assert service_type(text) == expected


def test_types_come_from_the_matchers() -> None:
    manifest = DriverManifest(
        id="d",
        name=Text(de="D", en="D"),
        version="1",
        quality=Quality.SEEN,
        matchers=(
            Matcher(source="mdns", where={"type": "_wled._tcp"}),
            Matcher(source="mdns", where={"type": "_any*"}),
            Matcher(source="usb", where={"type": "_no._tcp"}),
        ),
    )
    assert types_of([manifest, manifest]) == ("_wled._tcp",)


def test_ipv4_before_ipv6_and_routable_before_link_local() -> None:
    assert best_address(["fe80::1", "169.254.3.4", "fd00::1", "192.168.1.9"]) == "192.168.1.9"
    assert best_address(["fe80::1", "fd00::1"]) == "fd00::1"
    assert best_address([]) == ""


def test_the_instance_name_may_contain_dots() -> None:
    assert instance_of("Mk. 4._http._tcp.local.", "_http._tcp") == "Mk. 4"


@given(
    garbage, garbage, st.none() | garbage, st.lists(garbage, max_size=4), st.integers() | st.none(),
    st.dictionaries(st.binary(max_size=80), st.none() | st.binary(max_size=700), max_size=60),
)  # fmt: skip
def test_no_garbage_breaks_the_sighting(
    name: str, kind: str, host: str | None, addresses: list[str], port: int | None, txt: dict[bytes, bytes | None]
) -> None:
    facts = facts_of(name, kind, host, addresses, port, txt)
    assert Sighting(source="mdns", key="k", facts={**facts, "type": ""}).encode()
    assert len(facts) <= 5 + 32


def test_this_machine_has_loopback() -> None:
    assert local_addresses(["lo"]) == ("127.0.0.1",)
    assert local_addresses(["no-such-interface"]) == ()
    assert is_only_here(["127.0.0.1"])
    assert not is_only_here(["127.0.0.1", "192.168.1.2"])
