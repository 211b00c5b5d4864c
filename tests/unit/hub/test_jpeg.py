"""Of a photo only the picture is kept; a foreign reader still decodes it and finds nothing else."""

import io
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from medialab_hub.domain.jpeg import Flaw, Refused, cleaned
from medialab_hub.domain.photos import LONGEST_SIDE, developed
from medialab_hub.errors import HubError
from medialab_hub.services import photos
from tests.fixtures import pictures

KINDS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "progressive": {"progressive": True},
    "fine": {"quality": 95, "subsampling": 0},
    "coarse": {"quality": 20, "subsampling": 2, "optimize": True},
    "with restarts": {"restart_marker_blocks": 4},
}


def _opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", KINDS)
def test_a_foreign_reader_sees_the_same_picture_and_nothing_else(kind: str) -> None:
    sent = pictures.photo(**KINDS[kind])
    assert pictures.NAME.encode() in sent
    before = _opened(sent)
    assert before.getexif().get_ifd(pictures.GPS_IFD), "the test would not find a place"
    kept = cleaned(sent, LONGEST_SIDE)
    after = _opened(kept.data)
    assert (after.width, after.height) == (kept.width, kept.height) == (320, 240)
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
    assert not after.getexif()
    assert set(after.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert pictures.NAME.encode() not in kept.data


def test_grey_pictures_are_taken(tmp_path: Path) -> None:
    kept = cleaned(pictures.encoded("JPEG", "L"), LONGEST_SIDE)
    assert _opened(kept.data).mode == "L"


def test_the_program_file_finds_no_exif(tmp_path: Path) -> None:
    sent, kept = tmp_path / "sent.jpg", tmp_path / "kept.jpg"
    sent.write_bytes(pictures.photo())
    kept.write_bytes(cleaned(sent.read_bytes(), LONGEST_SIDE).data)
    said = {path.name: _file(path) for path in (sent, kept)}
    assert "Exif" in said["sent.jpg"] and "comment" in said["sent.jpg"]
    assert said["kept.jpg"].startswith("JPEG image data, JFIF") and "320x240" in said["kept.jpg"]
    assert "Exif" not in said["kept.jpg"] and "comment" not in said["kept.jpg"]


def _file(path: Path) -> str:
    return subprocess.run(["file", "-b", path], capture_output=True, text=True, check=True, timeout=10).stdout


def test_a_cleaned_picture_is_clean() -> None:
    once = developed(pictures.photo(progressive=True))
    assert developed(once.picture.data) == once


def test_fill_bytes_before_a_marker_are_dropped() -> None:
    good = pictures.photo()
    at = pictures.at_marker(good, 0xDB)
    assert cleaned(good[:at] + b"\xff\xff" + good[at:], LONGEST_SIDE) == cleaned(good, LONGEST_SIDE)


def test_a_picture_that_says_it_was_made_by_adobe_in_the_usual_colours_is_taken() -> None:
    said = pictures.with_segment(pictures.photo(), 0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01")
    assert b"Adobe" not in cleaned(said, LONGEST_SIDE).data


@pytest.mark.parametrize("name", pictures.hostile())
def test_what_is_no_photo_is_refused_with_its_reason(name: str) -> None:
    data, code = pictures.hostile()[name]
    with pytest.raises(HubError) as refused:
        photos.developed(data)
    assert refused.value.code == code
    assert refused.value.remedy is not None


def test_a_photo_of_the_largest_size_is_taken_and_more_bytes_are_not() -> None:
    assert cleaned(pictures.photo(LONGEST_SIDE, LONGEST_SIDE), LONGEST_SIDE).height == LONGEST_SIDE
    with pytest.raises(HubError) as refused:
        photos.developed(pictures.photo() + bytes(1_000_000))
    assert refused.value.code == "photo-too-large"


def test_a_scan_needs_a_frame_before_it() -> None:
    good = pictures.photo()
    with pytest.raises(Refused) as refused:
        cleaned(good[:2] + good[pictures.at_marker(good, 0xDA) :], LONGEST_SIDE)
    assert refused.value.flaw is Flaw.DAMAGED
