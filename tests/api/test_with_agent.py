"""The hub with an agent beside it: one command, all of it, and nothing left afterwards."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fixtures.hubs import HubProgram


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        return ""


def agent_of(program: HubProgram) -> int | None:
    return next((pid for pid in program.children() if "medialab-agent" in name_of(pid)), None)


def gone_within(pids: list[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(name_of(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(name_of(pid) for pid in pids)


class Lab:
    """The practice lab with a client that may do everything."""

    def __init__(self, program: HubProgram) -> None:
        self.program = program
        url = program.url()
        _, token = program.admin("--demo", "token", "create", "--role", "admin", "--label", "t").stdout.split()
        self.client = httpx.Client(base_url=url, timeout=20, headers={"Authorization": f"Bearer {token}"})

    def agents(self) -> list[dict]:
        return self.client.get("/api/v1/agents").json()

    def until(self, condition, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.agents()
            time.sleep(0.05)

    def is_ready(self) -> bool:
        return [agent["phase"] for agent in self.agents()] == ["ready"]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    program = HubProgram(tmp_path, "demo")
    try:
        yield Lab(program)
    finally:
        program.end()


def test_the_practice_lab_shows_devices_and_stops_in_time(lab: Lab) -> None:
    lab.until(lab.is_ready)
    lab.until(lambda: lab.client.get("/api/v1/devices").json()["total"] > 10)
    assert (lab.program.folder / "demo" / "hub.sqlite3").exists(), "its data lies apart"
    assert not (lab.program.folder / "hub.sqlite3").exists()
    children = lab.program.children()
    assert len(children) == 2
    assert lab.program.interrupt(5) == 0
    assert gone_within(children, 0.1)


def test_a_killed_agent_comes_back_and_says_so(lab: Lab) -> None:
    lab.until(lab.is_ready)
    before = agent_of(lab.program)
    os.kill(before, signal.SIGKILL)
    lab.until(lambda: agent_of(lab.program) not in {None, before})
    lab.until(lab.is_ready)
    assert lab.client.get("/healthz").json()["status"] == "ok"


def test_a_killed_hub_takes_everything_with_it(lab: Lab) -> None:
    lab.until(lab.is_ready)
    children = lab.program.children()
    lab.program.process.kill()
    lab.program.process.wait(5)
    assert gone_within(children, 10)


def test_the_agents_password_is_in_no_command_line_and_no_environment(lab: Lab) -> None:
    lab.until(lab.is_ready)
    home = lab.program.folder / "demo" / "agents" / "local"
    user, password = (home / "mqtt-credentials").read_text().split()
    assert user == "local"
    for pid in (lab.program.process.pid, *lab.program.children()):
        assert password not in name_of(pid)
        assert password.encode() not in Path(f"/proc/{pid}/environ").read_bytes()


def test_a_device_goes_the_whole_way_from_found_to_proven_clean(lab: Lab) -> None:
    def device() -> dict | None:
        items = lab.client.get("/api/v1/devices", params={"limit": 500}).json()["items"]
        return next((one for one in items if one["driver"] == "android-adb" and one["access"] == "ok"), None)

    def job(job_id: str) -> dict:
        return lab.client.get(f"/api/v1/jobs/{job_id}").json()

    lab.until(device)
    chosen = device()["id"]
    body = {"devices": [{"device": chosen, "name": "Tablet 1"}], "record_baseline": True}
    (baseline,) = lab.client.post("/api/v1/adoptions", json=body).raise_for_status().json()["jobs"]
    lab.until(lambda: job(baseline)["status"] == "succeeded")
    reset = lab.client.post(f"/api/v1/devices/{chosen}/reset", json={"grace_s": 0}).raise_for_status().json()["job"]
    lab.until(lambda: job(reset)["ended"] is not None, 60)
    done = job(reset)
    assert (done["status"], done["outcome"]) == ("succeeded", "clean")
    assert done["checks"]
    assert done["record_hash"]
    assert lab.client.get(f"/api/v1/devices/{chosen}").json()["status"] == "ready"
    assert lab.program.admin("--demo", "check").stdout.strip() == "ok"
