"""Program images of Espressif's chips; esptool itself says that ours are as its own."""

import subprocess
from pathlib import Path

import pytest

from medialab_agent.drivers.esp.image import NoImage, check
from medialab_agent.drivers.esp.simulated.built import built
from medialab_agent.drivers.esp.simulator import PROGRAM
from tests.drivers.esp.peers import HOME


@pytest.mark.peers
@pytest.mark.parametrize("chip", ["esp32", "esp32s3", "esp32c6"])
def test_esptool_finds_the_image_whole(chip: str, tmp_path: Path) -> None:
    file = tmp_path / "image.bin"
    file.write_bytes(built(b"constant data" * 40, chip))
    command = [HOME / "esptool", "--chip", "auto", "image-info", file]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    assert said.count("(valid)") == 2, said
    check(file.read_bytes(), chip)


@pytest.mark.parametrize("chip", ["esp32s3", "esp32c3", "a chip nobody knows", "esp8266"])
def test_an_image_for_another_chip_is_refused(chip: str) -> None:
    with pytest.raises(NoImage):
        check(PROGRAM, chip)


@pytest.mark.parametrize("length", [1, 8, 23, 24, 31, 32, 200, len(PROGRAM) - 33, len(PROGRAM) - 32, len(PROGRAM) - 1])
def test_one_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(NoImage):
        check(PROGRAM[:length], "esp32")


@pytest.mark.parametrize("place", [1, 12, 24, 28, 40, len(PROGRAM) - 40, len(PROGRAM) - 5])
def test_one_that_is_damaged_is_refused(place: int) -> None:
    damaged = bytearray(PROGRAM)
    damaged[place] ^= 0x10
    with pytest.raises(NoImage):
        check(bytes(damaged), "esp32")


def test_tables_and_file_systems_are_not_looked_into() -> None:
    check(b"\xaa\x50partition table", "esp32")
