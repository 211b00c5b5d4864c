"""Whatever is sent: it is refused, or what is kept is a picture and nothing but a picture."""

from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.jpeg import DROPPED, JFIF, Refused, cleaned
from tests.fixtures import pictures

PICTURES = [pictures.photo(64, 48), pictures.photo(64, 48, progressive=True), pictures.encoded("JPEG", "L")]


def _kept(data: bytes) -> bytes | None:
    try:
        return cleaned(data, 1600).data
    except Refused:
        return None


def _markers(data: bytes) -> list[int]:
    """Of all segments, read without the cleaner."""
    found, at = [], 2
    while at < len(data):
        if data[at] != 0xFF or data[at + 1] in (0x00, *range(0xD0, 0xD8)):
            at += 1
            continue
        found.append(data[at + 1])
        at += 2 if data[at + 1] == 0xD9 else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return found


def _holds_nothing_else(kept: bytes) -> bool:
    markers = _markers(kept)
    return kept.startswith(b"\xff\xd8" + JFIF) and markers[-1] == 0xD9 and not DROPPED & {*markers[1:]}


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    assert _kept(b"\xff\xd8\xff" + data) is None or _holds_nothing_else(_kept(b"\xff\xd8\xff" + data) or b"")


@given(st.sampled_from(PICTURES), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6))
def test_pictures_with_changed_bytes(picture: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(picture)
    for at, value in changes:
        data[at % len(data)] = value
    kept = _kept(bytes(data))
    assert kept is None or (_holds_nothing_else(kept) and _kept(kept) == kept)


@given(st.sampled_from(PICTURES), st.integers(2, 10**6))
def test_cut_pictures_are_refused(picture: bytes, length: int) -> None:
    assert _kept(picture[: length % len(picture)]) is None


@given(st.sampled_from(PICTURES), st.sampled_from(sorted(DROPPED - {0xEE})), st.binary(max_size=500))
def test_whatever_lies_beside_the_picture_goes(picture: bytes, marker: int, body: bytes) -> None:
    assert _kept(pictures.with_segment(picture, marker, body)) == _kept(picture)
