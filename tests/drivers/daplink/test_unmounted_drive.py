"""A drive that nobody mounted: written by dosfstools and mtools, read by the driver; damaged ones are refused."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialab_agent.drivers.daplink.boards import MICROBIT_V2
from medialab_agent.drivers.daplink.place import place_of
from medialab_agent.drivers.daplink.reading import look
from medialab_agent.sdk.microbit.fat import BadDrive, FatDrive
from medialab_agent.sdk.microbit.volume import Volume
from medialab_wire.sightings import Sighting

DETAILS = "# DAPLink Firmware\r\nUnique ID: 9904\r\nInterface Version: 0257\r\n" + "#" * 9000


def drive(folder: Path, bits: int, megabytes: int) -> Path:
    """A drive as a micro:bit V2 shows it, with a data log."""
    image = folder / f"fat{bits}.img"
    image.write_bytes(b"\0" * (megabytes * 1024 * 1024))
    _run("mkfs.vfat", "-F", str(bits), "-n", "MICROBIT", str(image))
    for name, content in {"DETAILS.TXT": DETAILS, "MICROBIT.HTM": "<html>", "MY_DATA.HTM": "secret"}.items():
        file = folder / name
        file.write_text(content, encoding="ascii", newline="")
        _run("mcopy", "-i", str(image), str(file), "::")
    _run("mmd", "-i", str(image), "::A folder with a long name")
    return image


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("bits", "megabytes"), [(12, 2), (16, 64)])
def test_names_and_details_are_read(tmp_path: Path, bits: int, megabytes: int) -> None:
    image = drive(tmp_path, bits, megabytes)
    volume = Volume(str(image), "MICROBIT")
    names = volume.names()
    assert names is not None
    assert {"DETAILS.TXT", "MICROBIT.HTM", "MY_DATA.HTM"} < names
    assert volume.details()["interface version"] == "0257"
    assert volume.text("FAIL.TXT") is None
    with FatDrive(str(image)) as opened:
        assert opened.begin_of("details.txt", 100_000) == DETAILS.encode()
    _run("mdel", "-i", str(image), "::MY_DATA.HTM")
    left = volume.names()
    assert left is not None
    assert "MY_DATA.HTM" not in left


async def test_a_data_log_is_seen_on_a_drive_that_is_not_mounted(tmp_path: Path) -> None:
    facts = {"serial": "9904" + "0" * 44, "volumes": str(drive(tmp_path, 12, 2)), "labels": ":MICROBIT:"}
    place = place_of([Sighting(source="usb", key="k", facts=facts)])
    found = await look(place, MICROBIT_V2, 0.1)
    assert (found.has_log, found.version) == (True, "0257")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return drive(tmp_path_factory.mktemp("good"), 12, 2).read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_drive_is_refused_or_bounded(good: bytes, data: st.DataObject) -> None:
    damaged = bytearray(good[: data.draw(st.sampled_from([600, 20_000, len(good)]))])
    for _ in range(data.draw(st.integers(0, 40))):
        damaged[data.draw(st.integers(0, min(len(damaged), 12_000) - 1))] = data.draw(st.integers(0, 255))
    image = Path(f"/tmp/medialab-damaged-{id(damaged)}.img")
    image.write_bytes(bytes(damaged))
    try:
        with FatDrive(str(image)) as opened:
            assert len(opened.entries()) <= 512
            assert len(opened.begin_of("DETAILS.TXT", 4096) or b"") <= 4096
    except BadDrive as error:
        assert str(error)
    finally:
        image.unlink()


def test_what_is_no_drive_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"\0" * 4096, b"\xff" * 4096):
        (tmp_path / "none.img").write_bytes(content)
        with pytest.raises(BadDrive), FatDrive(str(tmp_path / "none.img")):
            pass
    with pytest.raises(BadDrive), FatDrive(str(tmp_path / "missing")):
        pass
    assert Volume(str(tmp_path / "missing"), "MICROBIT").names() is None
