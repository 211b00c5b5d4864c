"""Addresses typed in by people."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.discovery.manual import ManualSource, parse_address
from medialab_wire.sightings import BusStatus, Sighting


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("http://192.168.1.20:5000", "http://192.168.1.20:5000"),
        (" HTTP://Drucker.Local/path?x ", "http://drucker.local"),
        ("adb://10.0.0.5:5555", "adb://10.0.0.5:5555"),
        ("http://[fe80::1]:80", "http://[fe80::1]:80"),
        ("192.168.1.20", None),
        ("http://", None),
        ("http://a b:1", None),
        ("http://x:99999", None),
        ("http://x:0", None),
        ("http://-x", None),
        ("", None),
    ],
)
def test_what_is_an_address(text: str, key: str | None) -> None:
    parsed = parse_address(text)
    assert (parsed and parsed[0]) == key


@given(st.text(st.characters(codec=None), max_size=700))
def test_no_typing_error_breaks_it(text: str) -> None:
    parsed = parse_address(text)
    assert parsed is None or Sighting(source="manual", key=parsed[0], facts=parsed[1]).encode()


async def test_changes_are_reported_while_it_runs() -> None:
    seen: list[tuple[str, bool]] = []
    source = ManualSource(["http://a:1"])
    running = asyncio.create_task(source.run(lambda s: seen.append((s.key, s.present))))
    await asyncio.sleep(0)
    source.set(["http://b:2", "nonsense"])
    assert seen == [("http://a:1", True), ("http://a:1", False), ("http://b:2", True)]
    fact = source.fact()
    assert (fact.status, fact.seen) == (BusStatus.LISTENING, 1)
    assert fact.reason is not None
    assert "nonsense" in fact.reason.de
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    source.set([])
    assert len(seen) == 3
