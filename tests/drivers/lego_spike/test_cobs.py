"""LEGO's framing: published vectors, round trips, bounds, hostile bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.drivers.lego_spike.cobs import BLOCK, MOST_FRAME, BadFrame, Deframer, decode, encode, pack, unpack

VECTORS = [
    ([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 84, 234, 54, 0, 45, 23, 12],
     [0, 84, 168, 4, 0, 7, 6, 5, 84, 168, 10, 0, 7, 6, 87, 233, 53, 5, 46, 20, 15, 2]),
    ([255, 254, 223, 213, 125, 175, 100, 97, 54, 21, 65, 45],
     [12, 252, 253, 220, 214, 126, 172, 103, 98, 53, 22, 66, 46, 2]),
]  # fmt: skip
"""LEGO/spike-prime-docs, examples/python/_tests/test_cobs.py."""
messages = st.binary(min_size=1, max_size=700) | st.lists(
    st.sampled_from([0, 1, 2, 3, 255]), min_size=1, max_size=400
).map(bytes)


@pytest.mark.parametrize(("plain", "packed"), VECTORS)
def test_published_vectors(plain: list[int], packed: list[int]) -> None:
    assert pack(bytes(plain)) == bytes(packed)
    assert unpack(bytes(packed)) == bytes(plain)
    assert unpack(b"\x01" + bytes(packed)) == bytes(plain)


@given(messages)
def test_there_and_back(message: bytes) -> None:
    frame = pack(message)
    assert unpack(frame) == message
    assert all(byte > 2 for byte in encode(message))
    assert 0x03 not in frame[:-1]
    assert frame.count(0x02) == 1
    assert frame[0] != 0x01


@given(messages)
def test_the_overhead_is_bounded(message: bytes) -> None:
    assert len(encode(message)) <= len(message) + 1 + len(message) // BLOCK


@given(st.binary(max_size=300))
def test_hostile_bytes_are_refused_or_mean_what_they_say(data: bytes) -> None:
    try:
        message = decode(data)
    except BadFrame:
        return
    assert len(message) < len(data)
    assert decode(encode(message)) == message


@given(st.lists(messages, min_size=1, max_size=5), st.integers(min_value=1, max_value=60))
def test_packets_are_put_together_however_they_are_cut(wanted: list[bytes], size: int) -> None:
    stream, deframer = b"".join(pack(message) for message in wanted), Deframer()
    found = [one for at in range(0, len(stream), size) for one in deframer.feed(stream[at : at + size])]
    assert found == wanted


@given(messages, messages, st.data())
def test_a_message_of_high_priority_may_interrupt(low: bytes, high: bytes, data: st.DataObject) -> None:
    frame = pack(low)
    at = data.draw(st.integers(min_value=0, max_value=len(frame) - 1))
    assert Deframer().feed(frame[:at] + b"\x01" + pack(high) + frame[at:]) == [high, low]


def test_a_message_without_an_end_is_dropped() -> None:
    deframer = Deframer()
    with pytest.raises(BadFrame):
        deframer.feed(b"\x09" * (MOST_FRAME + 1))
    assert deframer.feed(pack(b"hello")) == [b"hello"]


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_whatever_comes_is_a_frame_or_a_stated_error(packets: list[bytes]) -> None:
    deframer = Deframer()
    for packet in packets:
        try:
            deframer.feed(packet)
        except BadFrame:
            continue
