"""Our agent in the guest: this very tree, started as an unprivileged service, heard over the guest's own broker."""

import compileall
import py_compile
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from medialab_agent.sdk.manifest import load_manifest
from tests.virtual_lab.image.recipe import PROJECT
from tests.virtual_lab.vm import Vm

AGENT = "bench"
TREE = "/opt/tree"
GUEST_PYTHON = (3, 11)
PACKAGES = ("agents/medialab_agent", "hub/medialab_wire")
LISTENS_S = 180.0


def deploy(vm: Vm) -> None:
    """The packages of this tree and the udev rules of its drivers' manifests, as an installation brings them."""
    vm.shell(f"mkdir -p {TREE}")
    with tempfile.TemporaryDirectory() as place:
        for package in PACKAGES:
            shutil.copytree(PROJECT / package, Path(place) / Path(package).name, ignore=_compiled)
        shutil.copytree(PROJECT / "firmware_scripts", Path(place) / "medialab_agent/firmware_scripts")
        if sys.version_info[:2] == GUEST_PYTHON:
            unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
            compileall.compile_dir(place, quiet=2, stripdir=place, prependdir=TREE, invalidation_mode=unchecked)
        _metadata(Path(place))
        rules = Path(place) / "90-medialab.rules"
        rules.write_text("".join(f"{rule}\n" for rule in udev_rules()))
        vm.push([(path, path.name) for path in Path(place).iterdir()], TREE)
    vm.shell(f"mv {TREE}/90-medialab.rules /etc/udev/rules.d/ && udevadm control --reload")


def udev_rules() -> Iterable[str]:
    """What the drivers ask for."""
    for path in sorted(PROJECT.glob("agents/medialab_agent/drivers/*/manifest.toml")):
        yield from load_manifest(path).needs.udev_rules


def start(vm: Vm, sources: str, settings: Mapping[str, str] | None = None, unit: str = "agent") -> None:
    """Start it for the user `medialab`, who is in the groups the drivers name and has no other rights."""
    env = {
        "PYTHONPATH": TREE,
        "MEDIALAB_AGENT_ID": AGENT,
        "MEDIALAB_SOURCES": sources,
        "MEDIALAB_DATA_DIR": f"/var/lib/{unit}",
        **(settings or {}),
    }
    told = " ".join(f"-E {name}={value}" for name, value in env.items())
    options = f"--uid=medialab -p StateDirectory={unit} -p StateDirectoryMode=0700 -p NoNewPrivileges=yes"
    vm.shell(f"systemd-run -q --unit={unit} {options} {told} python3 -m medialab_agent.cli.main run")


def said(vm: Vm, unit: str = "agent") -> str:
    """Everything the agent told its journal."""
    return vm.shell(f"journalctl -q --no-pager -o cat -u {unit}")


def until_listening(vm: Vm, word: str, unit: str = "agent") -> None:
    """Until its journal has a line with this word. Fails with the journal."""
    deadline = time.monotonic() + LISTENS_S
    while word not in (words := said(vm, unit)):
        assert time.monotonic() < deadline, f"never said {word!r}:\n{words[-4000:]}"
        time.sleep(0.5)


def seconds_since(vm: Vm, word: str, unit: str = "agent") -> float:
    """How long ago its journal had the first line with this word, by the guest's own clock."""
    script = f"journalctl -q --no-pager -o short-unix -u {unit} | grep -m 1 -F '{word}' | cut -d ' ' -f 1; date +%s.%N"
    then, now = vm.shell(script).split()
    return float(now) - float(then)


def _compiled(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name == "__pycache__"}


def _metadata(folder: Path) -> None:
    """What tells the agent its version."""
    found = re.search(r'^version = "(.+)"', (PROJECT / "pyproject.toml").read_text(), re.M)
    assert found is not None
    place = folder / f"medialab_hub-{found[1]}.dist-info"
    place.mkdir()
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: medialab-hub\nVersion: {found[1]}\n")
