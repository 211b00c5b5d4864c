"""A broken driver folder is a stated fact; the others work."""

from pathlib import Path

import pytest

import medialab_agent.drivers
from medialab_agent.cli.new_driver import DriverName, scaffold
from medialab_agent.runtime.shelf import BrokenDriver, Shelf
from medialab_wire.sightings import BusStatus


@pytest.fixture
def drivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of drivers beside the installed ones."""
    monkeypatch.setattr(medialab_agent.drivers, "__path__", [*medialab_agent.drivers.__path__, str(tmp_path)])
    return tmp_path


def test_the_installed_drivers_are_usable() -> None:
    shelf = Shelf()
    assert {"android-adb", "octoprint"} <= {folder.id for folder in shelf}
    assert shelf.facts() == ()
    for folder in shelf:
        assert folder.driver().__name__
    assert [manifest.id for manifest in shelf.manifests] == sorted(folder.id for folder in shelf)


@pytest.mark.parametrize(
    "manifest", ["", "id = [", 'id = "Upper Case"', 'id = "x"\nversion = "1"'], ids=["empty", "syntax", "id", "fields"]
)
def test_a_bad_manifest_is_named(drivers: Path, manifest: str) -> None:
    (drivers / "sick_one").mkdir()
    (drivers / "sick_one" / "manifest.toml").write_text(manifest)
    scaffold(DriverName.of("fit one"), drivers, drivers / "tests")
    shelf = Shelf([drivers])
    assert [folder.id for folder in shelf] == ["fit-one"]
    (fact,) = shelf.facts()
    assert fact.status is BusStatus.FAILED
    assert fact.reason is not None
    assert "sick_one" in fact.reason.en


def test_two_folders_cannot_have_one_id(drivers: Path) -> None:
    scaffold(DriverName.of("twin"), drivers, drivers / "tests")
    (drivers / "twin_b").mkdir()
    (drivers / "twin_b" / "manifest.toml").write_text((drivers / "twin" / "manifest.toml").read_text())
    shelf = Shelf([drivers])
    assert [folder.folder.name for folder in shelf] == ["twin"]
    assert len(shelf.facts()) == 1


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("driver.py", "import nowhere_at_all"),
        ("driver.py", "DRIVER = 5"),
        ("driver.py", "def ("),
        ("driver.py", None),
        ("source.py", "SOURCE = lambda settings: 5"),
        ("source.py", "raise RuntimeError"),
        ("source.py", "x = 1"),
    ],
)
def test_broken_code_shows_when_it_is_needed(drivers: Path, file: str, text: str | None) -> None:
    name = DriverName.of(f"frail {abs(hash((file, text))) % 10**8}x")
    scaffold(name, drivers, drivers / "tests")
    path = drivers / name.folder / file
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    shelf = Shelf([drivers])
    (folder,) = shelf
    with pytest.raises(BrokenDriver, match=file):
        if file == "driver.py":
            folder.driver()
        else:
            folder.source({})
    shelf.condemn(folder.id, "it is broken")
    assert folder.id not in shelf
    assert len(shelf.facts()) == 1
