"""Everything an iPad or a usbmuxd says is hostile: limited, never trusted, answered with words."""

import asyncio
import plistlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.drivers.apple_ios import describe, services, wire
from medialab_agent.drivers.apple_ios.inventory import Inventory
from medialab_agent.drivers.apple_ios.mux import Mux
from medialab_agent.drivers.apple_ios.pairing import Trust, new_record
from medialab_agent.drivers.apple_ios.services import Profile
from medialab_agent.drivers.apple_ios.simulator import IPadSimulator
from medialab_agent.drivers.apple_ios.wire import LENGTH, MUX_HEADER, PlistStream, parse
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Unreachable

_BOMB = b"""<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<plist version="1.0"><dict><key>Status</key><string>&b;</string></dict></plist>"""
_DEEP = b"<plist><dict><key>k</key>" + b"<array>" * 5000 + b"</array>" * 5000 + b"</dict></plist>"


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 50, _BOMB, b"bplist00" + bytes(range(60, 0, -1)), b"<plist><array/></plist>", b"<plist/>"]
)
def test_nonsense_is_named_and_nothing_more(data: bytes) -> None:
    with pytest.raises(DeviceTrouble, match="device-garbled"):
        parse(data)


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_parser_down(data: bytes) -> None:
    for body in (data, b"bplist00" + data, b"<plist>" + data):
        try:
            assert isinstance(parse(body), dict)
        except DeviceTrouble as error:
            assert error.trouble.code == "device-garbled"


def test_deep_nesting_is_bounded() -> None:
    try:
        parse(_DEEP)
    except DeviceTrouble as error:
        assert error.trouble.code == "device-garbled"


_VALUE: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
_NAMES = (
    "DeviceName ProductType SerialNumber ActivationState PasswordProtected MarketingName BatteryCurrentCapacity "
    "BatteryIsCharging TotalDiskCapacity TotalDataAvailable IsSupervised"
)
_VALUES = st.dictionaries(st.sampled_from(_NAMES.split()), _VALUE)


@given(_VALUES)
def test_whatever_it_says_of_itself_can_be_reported(values: dict[str, Any]) -> None:
    now = Inventory(values, values, values, None, None, values, (), ())
    describe.identities("udid", values)
    assert len(describe.name_of(values)) <= 120
    for fact in (describe.facts(now) | describe.volatile(now)).values():
        assert fact is None or isinstance(fact, bool | int | str)
        assert not isinstance(fact, str) or len(fact) <= 512
        assert not isinstance(fact, int) or abs(fact) < 2**63


@asynccontextmanager
async def _service(*answers: bytes) -> AsyncIterator[PlistStream]:
    """A service that gives these answers, whatever it is asked."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    stream = PlistStream(*await asyncio.open_connection(*server.sockets[0].getsockname()))
    try:
        yield stream
    finally:
        stream.close()
        server.close()


def _framed(**said: Any) -> bytes:
    body = plistlib.dumps(said)
    return LENGTH.pack(len(body)) + body


Call = Callable[[PlistStream], Awaitable[Any]]


@pytest.mark.parametrize(
    "call",
    [services.profiles, services.cloud_configuration, services.apps, services.restart],
)
@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Status": "Acknowledged", "CloudConfiguration": 3},
        {"Status": "Error", "ErrorChain": "no"},
        {"Status": "Acknowledged", "OrderedIdentifiers": 1},
        {"Status": 7, "Error": ["a"]},
        {"CurrentList": [1, {"CFBundleIdentifier": 3}], "Status": "x"},
    ],
)
async def test_wrong_answers_of_services_end_in_words(call: Call, said: dict[str, Any]) -> None:
    async with _service(_framed(**said)) as stream:
        try:
            await call(stream)
        except DeviceTrouble as error:
            assert error.trouble.text.de


async def test_an_answer_that_never_ends_is_not_awaited() -> None:
    async with _service(LENGTH.pack(wire.LARGEST + 1)) as stream:
        with pytest.raises(DeviceTrouble, match="device-garbled"):
            await services.profiles(stream)


async def test_odd_profiles_are_kept_as_counts() -> None:
    named = ["a" * 5000, "b"]
    metadata = {"b": {"PayloadVersion": "x", "PayloadRemovalDisallowed": 1}}
    said = _framed(Status="Acknowledged", OrderedIdentifiers=named, ProfileMetadata=metadata)
    async with _service(said) as stream:
        assert await services.profiles(stream) == (
            Profile("a" * 256, "", 1, False),
            Profile("b", "", 1, False),
        )


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        MUX_HEADER.pack(5, 1, 8, 1),
        MUX_HEADER.pack(2**31, 1, 8, 1),
        MUX_HEADER.pack(20, 1, 8, 1) + b"oops",
        MUX_HEADER.pack(16 + len(plistlib.dumps({"DeviceList": 1})), 1, 8, 1) + plistlib.dumps({"Number": 3}),
    ],
)
async def test_a_strange_usbmuxd_is_named(answer: bytes, tmp_path: Path) -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    server = await asyncio.start_unix_server(serve, tmp_path / "mux")
    mux = Mux(str(tmp_path / "mux"))
    for call in (mux.buid, mux.news().__anext__):
        with pytest.raises(DeviceTrouble):
            await call()
    server.close()


@pytest.mark.parametrize("key", [None, b"", b"no key", "text", 7])
def test_a_wrong_device_key_makes_no_record(key: object) -> None:
    with pytest.raises(DeviceTrouble, match="device-garbled"):
        new_record(key, "buid", None)


@pytest.mark.parametrize("record", [{}, {"HostID": 1}, {"HostID": "a", "SystemBUID": "b", "HostCertificate": b"x"}])
def test_a_broken_record_is_no_trust(record: dict[str, Any]) -> None:
    with pytest.raises(NeedsPerson, match="not-trusted"):
        Trust.of(record)
    with pytest.raises(NeedsPerson, match="not-trusted"):
        Trust.of(record | {"HostID": "a", "SystemBUID": "b", "HostCertificate": b"x", "HostPrivateKey": b"y"})


async def test_an_ipad_that_talks_rubbish_is_not_erased(desk) -> None:
    one = await desk(IPadSimulator("ipad-1", {Fault.GARBAGE}))
    with pytest.raises(DeviceTrouble):
        await one.driver.probe()
    run = await one.reset("erase")
    assert run.code == "device-garbled"
    assert one.effects == []


async def test_one_that_hangs_up_is_unreachable(desk) -> None:
    one = await desk()
    await one.simulator.stop()
    with pytest.raises(Unreachable):
        await one.driver.probe()
