"""The Makefile works with a plain shell, explains itself, and installs what the drivers ask for."""

import os
import re
import subprocess
from pathlib import Path

from medialab_agent.sdk.manifest import load_manifest
from tests.house.tree import ROOT, text


def _make(*arguments: str) -> str:
    done = subprocess.run(["make", "--no-print-directory", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_target_people_use_is_explained() -> None:
    explained = set(re.findall(r"^  make ([a-z-]+)", _make("help"), re.M))
    wanted = "run demo test check test-chaos bench new-driver dashboard clean help peers doctor docs"
    assert set(wanted.split()) <= explained


def test_what_drivers_need_is_installed_before_running() -> None:
    installs = set(_make("-n", "parts-run").split())
    manifests = [load_manifest(path) for path in ROOT.glob("agents/medialab_agent/drivers/*/manifest.toml")]
    needed = {part for manifest in manifests for part in manifest.needs.debian}
    assert {"mosquitto", "adb"} | needed <= installs


def test_python_programs_that_drivers_need_are_installed_before_running() -> None:
    installs = set(_make("-n", "programs-run").split())
    manifests = [load_manifest(path) for path in ROOT.glob("agents/medialab_agent/drivers/*/manifest.toml")]
    needed = {program for manifest in manifests for program in manifest.needs.python}
    assert needed
    assert needed <= installs


def test_a_driver_can_be_named_in_two_ways() -> None:
    assert 'new-driver "lamp"' in _make("-n", "new-driver", "NAME=lamp")
    assert 'new-driver "lamp"' in _make("-n", "new-driver", "lamp")


def test_the_shell_scripts_are_understood_by_a_plain_shell() -> None:
    for script in (".ci/debian-parts", ".ci/python-programs"):
        done = subprocess.run(["sh", "-n", script], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert "SHELL" not in text("Makefile")


def test_a_missing_part_is_named_and_stops_only_when_required(tmp_path: Path) -> None:
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    nobody = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for need, code in (("optional", 0), ("required", 1)):
        script = [str(ROOT / ".ci/debian-parts"), need, "no-such-part"]
        done = subprocess.run(script, env=nobody, capture_output=True, text=True)
        assert done.returncode == code
        assert "sudo apt-get install -y --no-install-recommends no-such-part" in done.stderr


def test_a_program_that_cannot_be_installed_is_named_and_stops_only_when_required(tmp_path: Path) -> None:
    (tmp_path / "uv").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "uv").chmod(0o755)
    for need, code in (("optional", 0), ("required", 1)):
        script = [str(ROOT / ".ci/python-programs"), need, str(tmp_path / "uv"), str(tmp_path), "no-such-program==1.0"]
        done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == code
        assert "Not installed: no-such-program==1.0" in done.stderr
