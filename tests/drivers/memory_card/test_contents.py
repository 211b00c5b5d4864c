"""What lies on a card is counted, bounded, and no link leads out of it; what is no card is left alone."""

from pathlib import Path

import pytest

from medialab_agent.drivers.memory_card import contents
from medialab_agent.drivers.memory_card.contents import look
from medialab_agent.drivers.memory_card.driver import MemoryCardDriver
from medialab_agent.drivers.memory_card.mounting import mounted
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.sightings import Sighting


def test_files_are_counted_by_kind(tmp_path: Path) -> None:
    for name in ("DCIM/1/A.JPG", "DCIM/1/a.cr3", "PRIVATE/x.MTS", "ZOOM0001.WAV", "no-ending", ".Trashes/old.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    card = look(tmp_path)
    assert card.counts() == {"photos": 2, "videos": 1, "recordings": 1, "files": 1}
    assert card.is_whole


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.jpg").write_bytes(b"x")
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "DCIM").symlink_to(tmp_path / "outside")
    assert look(tmp_path / "card").counts()["photos"] == 0


def test_hostile_names_and_endless_folders_are_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "a\nb\x07.jpg").write_bytes(b"x")
    deep = tmp_path.joinpath(*["d"] * (contents.DEEPEST + 2))
    deep.mkdir(parents=True)
    (deep / "x.jpg").write_bytes(b"x")
    assert not look(tmp_path).is_whole


def test_a_crowded_card_is_not_called_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_ENTRIES", 5)
    for number in range(6):
        (tmp_path / f"{number}.jpg").write_bytes(b"x")
    card = look(tmp_path)
    assert (len(card.entries), card.is_whole) == (5, False)


@pytest.mark.parametrize("label", ["MICROBIT", "MINI", "RPI-RP2", "MAINTENANCE"])
def test_a_drive_that_leads_to_a_chip_is_left_alone(label: str) -> None:
    facts = {"vid": "0d28", "pid": "0204", "serial": "x", "volumes": "/dev/sda", "labels": f":{label}:"}
    assert MemoryCardDriver.key(Sighting(source="usb", key="k", facts=facts)) is None


async def test_what_the_system_says_about_a_broken_card_is_told() -> None:
    with pytest.raises(DeviceTrouble) as told:
        async with mounted("/dev/null", lambda: True):
            raise AssertionError
    assert told.value.trouble.code in {"card-unreadable", "program-missing"}
    assert told.value.trouble.remedy is not None
