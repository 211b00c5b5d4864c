"""A freshly made driver passes the shared suite before anybody has changed a line of it."""

import importlib
import sys
import tempfile
from pathlib import Path

import pytest

import medialab_agent.drivers as drivers
from medialab_agent.cli.new_driver import BadName, DriverName, scaffold
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.suite import DriverSuite

HOME = Path(tempfile.mkdtemp(prefix="medialab-drivers-"))
WRITTEN = scaffold(DriverName.of("Magic lamp"), HOME / "drivers", HOME / "tests")
drivers.__path__.append(str(HOME / "drivers"))


class TestMagicLamp(DriverSuite):
    """The suite on the scaffold's own simulator."""

    driver = "magic-lamp"

    def make(self) -> Simulator:
        module = importlib.import_module("medialab_agent.drivers.magic_lamp.simulator")
        made: Simulator = module.MagicLampSimulator("lamp-1")
        return made


def test_the_scaffold_names_everything_and_leaves_no_trace_of_the_template() -> None:
    names = {path.name for path in WRITTEN}
    assert {"manifest.toml", "driver.py", "simulator.py", "README.md", "test_suite_magic_lamp.py"} <= names
    for path in WRITTEN:
        text = path.read_text(encoding="utf-8").lower()
        assert "toy" not in text, path
        assert "_template" not in text, path


def test_the_test_it_writes_can_be_imported() -> None:
    suite = HOME / "tests" / "test_suite_magic_lamp.py"
    spec = importlib.util.spec_from_file_location("scaffolded_suite", suite)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TestMagicLamp().make().serial
    sys.modules.pop("scaffolded_suite", None)


@pytest.mark.parametrize("text", ["", "1st", "a/b", "ä", "../x", "x" * 50])
def test_bad_names_are_refused(text: str) -> None:
    with pytest.raises(BadName):
        DriverName.of(text)


def test_an_existing_driver_is_never_overwritten() -> None:
    with pytest.raises(BadName):
        scaffold(DriverName.of("magic-lamp"), HOME / "drivers", HOME / "other")
