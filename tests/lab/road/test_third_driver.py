"""A third driver is one new folder and its test: scaffolded in a copy of the tree, it walks the whole road there."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.lab.road.eye import device_named, looking
from tests.lab.road.house import running

ROOT = Path(__file__).parents[3]
NAME, FOLDER = "Klang Kiste", "klang_kiste"
SHOWN = "Klang kiste klang-kiste-1"
ROOMS = ("agents", "hub", "tests", "firmware_scripts", "pyproject.toml", ".gitignore")
AGENT = Path(sys.executable).with_name("medialab-agent")

pytestmark = [pytest.mark.peers, pytest.mark.slow, pytest.mark.timeout(240)]


def run(tree: Path, *command: str | Path, env: Mapping[str, str] | None = None) -> str:
    """What it says; the test fails with all of it when the command does."""
    done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The files of this tree as they are now, with the built dashboard, as a repository of their own."""
    copy = tmp_path / "tree"
    listed = run(ROOT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *ROOMS)
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    shutil.copytree(ROOT / "hub/medialab_hub/static", copy / "hub/medialab_hub/static")
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=T", "-c", "user.email=t@localhost", "commit", "-qm", "."],
    ):
        run(copy, "git", *words)
    return copy


def test_a_new_driver_needs_nothing_but_its_folder(tree: Path, tmp_path: Path, chromium: Browser, shots: Path) -> None:
    env = {**os.environ, "PYTHONPATH": f"{tree / 'agents'}:{tree / 'hub'}", "PYTHONDONTWRITEBYTECODE": "1"}
    env["MEDIALAB_PRACTICE_PACE"] = "2,300,60"
    run(tree, AGENT, "new-driver", NAME, env=env)
    suite = f"tests/drivers/test_suite_{FOLDER}.py"
    said = run(tree, sys.executable, "-m", "pytest", suite, "-q", "-p", "no:cacheprovider", env=env)
    assert re.search(r"[1-9][0-9]* passed", said) and "skipped" not in said, said
    assert FOLDER.replace("_", "-") in run(tree, AGENT, "drivers", env=env)
    with (
        running(tmp_path / "hub", "demo", env=env) as house,
        house.set_up() as client,
        looking(chromium, client, shots) as eye,
    ):
        page = eye.open("/found")
        expect(page.get_by_text(re.compile(SHOWN)).first).to_be_visible()
        eye.shoot("third-driver-found")
        device = device_named(client, SHOWN)
        assert device["driver"] == "klang-kiste"
        page = eye.open(f"/devices/{device['id']}")
        page.get_by_role("button", name="In den Bestand aufnehmen").click()
        page.get_by_role("dialog").get_by_role("button", name="Trotzdem festhalten").click()
        expect(page.get_by_text(re.compile("Spuren der letzten Nutzung"))).to_be_visible(timeout=40_000)
        page.get_by_role("button", name="Zurücksetzen", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Zurücksetzen", exact=True).click()
        expect(page.get_by_text("Bitte die Oberfläche abwischen.").first).to_be_visible()
        page.get_by_role("button", name="Erledigt").click()
        expect(page.get_by_text("sauber, nachgewiesen").first).to_be_visible()
        eye.shoot("third-driver-reset")
        job = client.get("/api/v1/jobs", params={"device": device["id"]}).json()["items"][0]
        checks = client.get(f"/api/v1/jobs/{job['id']}").json()["checks"]
        assert {check["id"]: check["result"] for check in checks} == {"files": "passed", "wiped": "passed"}, json.dumps(
            checks
        )
    changed = run(tree, "git", "status", "--porcelain", "--untracked-files=all").splitlines()
    strangers = [
        line for line in changed if not line.startswith((f"?? agents/medialab_agent/drivers/{FOLDER}/", f"?? {suite}"))
    ]
    assert changed and not strangers, strangers
