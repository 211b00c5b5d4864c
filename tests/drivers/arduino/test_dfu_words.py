"""What a boot program says of itself over USB DFU is hostile input; what dfu-util is given names its one device."""

import random
import struct
import zlib
from dataclasses import dataclass, field

import pytest

from medialab_agent.drivers.arduino.dfu import read_ability, suffix
from medialab_agent.drivers.arduino.simulated.chip import RA4M1, Chip
from medialab_agent.drivers.arduino.simulated.dfu import DfuBoot
from medialab_agent.drivers.arduino.simulated.usb_node import configuration

SOUND = configuration(DfuBoot(Chip(RA4M1), lambda: None).functional)


@dataclass
class Says:
    """A line to a device whose descriptors are these bytes."""

    descriptors: bytes
    asked: list[int] = field(default_factory=list)

    def control(self, kind: int, number: int, value: int, index: int, data: bytes | int) -> bytes:
        self.asked += [kind, number, value, index]
        return self.descriptors if isinstance(data, int) else b""


def test_a_sound_one_is_understood() -> None:
    ability = read_ability(Says(SOUND))
    assert (ability.version, ability.transfer, ability.can_upload) == ("1.1", 64, True)


@pytest.mark.parametrize("length", range(0, len(SOUND), 5))
def test_one_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="DFU mode"):
        read_ability(Says(SOUND[:length]))


@pytest.mark.parametrize("size", [0, 7, 4097, 0xFFFF])
def test_transfers_of_senseless_size_are_refused(size: int) -> None:
    boot = DfuBoot(Chip(RA4M1), lambda: None, transfer=size)
    with pytest.raises(ValueError, match="size"):
        read_ability(Says(configuration(boot.functional)))


def test_rubbish_is_refused_or_understood_and_never_more() -> None:
    chance = random.Random(1)
    for _ in range(3000):
        spoilt = bytearray(SOUND)
        for _ in range(chance.randint(1, 6)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            ability = read_ability(Says(bytes(spoilt)))
        except ValueError:
            continue
        assert ability.interface == 0
        assert 8 <= ability.transfer <= 4096


def test_the_suffix_names_the_device_and_covers_everything() -> None:
    image = b"\xff" * 100
    end = suffix(image, 0x2341, 0x0369)
    assert struct.unpack_from("<HHHH3sB", end) == (0xFFFF, 0x0369, 0x2341, 0x0100, b"UFD", 16)
    assert struct.unpack_from("<I", end, 12)[0] == zlib.crc32(image + end[:12]) ^ 0xFFFF_FFFF
