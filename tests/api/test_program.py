"""`medialab-hub serve` and `admin` as programs: started, stopped, killed, two at once."""

import json
import os
import signal
import socket
import stat
import struct
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from medialab_hub.storage.copies import check_copy
from tests.fixtures.hubs import PASSWORD, HubProgram, until


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


def set_up(program: HubProgram) -> httpx.Client:
    token = parse_qs(urlsplit(program.first_link()).query)["token"][0]
    client = httpx.Client(base_url=program.url(), timeout=10)
    body = {"token": token, "name": "Ada", "password": PASSWORD, "centre": "Medienzentrum"}
    client.headers["X-CSRF-Token"] = client.post("/api/v1/setup", json=body).raise_for_status().json()["csrf"]
    return client


def test_it_prints_its_address_and_one_first_link(program: HubProgram) -> None:
    url = program.url()
    assert httpx.get(f"{url}/healthz").json()["status"] == "ok"
    set_up(program).close()
    assert program.interrupt() == 0
    again = HubProgram(program.folder)
    try:
        again.url()
        assert again.interrupt() == 0
        assert "setup?token" not in again.process.stdout.read()
    finally:
        again.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_with_open_streams_and_leaves_nothing_behind(program: HubProgram, number: int) -> None:
    client = set_up(program)
    opened = threading.Semaphore(0)

    def watch() -> None:
        with client.stream("GET", "/api/v1/stream", timeout=20) as answer:
            opened.release()
            for _ in answer.iter_lines():
                pass

    watchers = [threading.Thread(target=watch, daemon=True) for _ in range(5)]
    for watcher in watchers:
        watcher.start()
    assert all(opened.acquire(timeout=10) for _ in watchers)
    children = program.children()
    assert children
    program.process.send_signal(number)
    assert program.process.wait(5) == 0
    for watcher in watchers:
        watcher.join(5)
        assert not watcher.is_alive()
    assert not any(is_running(child) for child in children)
    assert not (program.folder / "admin.sock").exists()
    client.close()


def test_a_killed_hub_takes_its_broker_with_it_and_starts_again(program: HubProgram) -> None:
    set_up(program).close()
    (broker,) = program.children()
    program.process.kill()
    assert gone_within(broker, 5)
    again = HubProgram(program.folder)
    try:
        answer = httpx.post(f"{again.url()}/api/v1/session", json={"name": "Ada", "password": PASSWORD})
        assert answer.status_code == 200
        assert again.admin("check").stdout.strip() == "ok"
    finally:
        again.end()


def test_a_killed_broker_comes_back(program: HubProgram) -> None:
    url = program.url()
    (broker,) = program.children()
    os.kill(broker, signal.SIGKILL)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        new = program.children()
        if new and new != [broker] and httpx.get(f"{url}/healthz").status_code == 200:
            break
        time.sleep(0.05)
    assert program.children() != [broker]
    assert httpx.get(f"{url}/healthz").json()["status"] == "ok"


def test_a_second_hub_on_the_same_data_is_refused(program: HubProgram) -> None:
    program.url()
    before = (program.folder / "broker" / "secrets.json").read_text()
    second = HubProgram(program.folder)
    try:
        assert second.process.wait(15) == 1
        assert "Another hub uses this database." in second.process.stderr.read()
    finally:
        second.end()
    assert httpx.get(f"{program.url()}/healthz").status_code == 200
    assert (program.folder / "broker" / "secrets.json").read_text() == before


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        hub = HubProgram(tmp_path, MEDIALAB_HTTP_PORT=str(taken.getsockname()[1]))
        try:
            assert hub.process.wait(15) == 1
            said = hub.process.stderr.read()
        finally:
            hub.end()
    assert "Address already in use" in said
    assert "Traceback" not in said


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    hub = HubProgram(tmp_path, MEDIALAB_HTTP_PORT="many")
    try:
        assert hub.process.wait(15) == 2
        assert "MEDIALAB_HTTP_PORT" in hub.process.stderr.read()
    finally:
        hub.end()


def test_administration_speaks_to_the_running_hub(program: HubProgram) -> None:
    url = program.url()
    mode = stat.S_IMODE((program.folder / "admin.sock").stat().st_mode)
    assert mode == 0o600
    _, token = program.admin("token", "create", "--role", "staff", "--label", "sync").stdout.split()
    answer = httpx.get(f"{url}/api/v1/devices", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "staff sync" in program.admin("token", "list").stdout
    added = program.admin("user", "add", "Grace", "--role", "admin", stdin="a long password\n")
    assert added.returncode == 0
    assert httpx.post(f"{url}/api/v1/session", json={"name": "Grace", "password": "a long password"}).status_code == 200
    refused = program.admin("link")
    assert refused.returncode == 1
    assert "There is an administrator already." in refused.stderr
    for verb in ("lock", "delete"):
        assert program.admin("user", verb, "Grace").returncode == 1, "the last admin stays"
    nothing = program.admin("erase", "dev-nobody-wrote-about")
    assert (nothing.returncode, "no such thing" in nothing.stderr) == (1, True)
    told = " ".join(program.admin("erase", "--help").stdout.split())
    assert "reasons, notes and photos" in told and "the access entered for it" in told


def test_a_new_link_makes_the_printed_one_void(program: HubProgram) -> None:
    printed = parse_qs(urlsplit(program.first_link()).query)["token"][0]
    fresh = parse_qs(urlsplit(program.admin("link").stdout.strip()).query)["token"][0]
    body = {"name": "Ada", "password": PASSWORD, "centre": "Medienzentrum"}
    with httpx.Client(base_url=program.url()) as client:
        assert client.post("/api/v1/setup", json={**body, "token": printed}).status_code == 403
        assert client.post("/api/v1/setup", json={**body, "token": fresh}).status_code == 200


def test_administration_without_a_hub_opens_the_database_itself(program: HubProgram) -> None:
    program.url()
    assert program.interrupt() == 0
    made = program.admin("backup")
    assert made.returncode == 0, made.stderr
    assert check_copy(Path(made.stdout.strip())) == "ok"
    assert program.admin("token", "create", "--role", "trainer", "--label", "x").returncode == 0
    assert program.admin("check").stdout.strip() == "ok"
    assert program.admin("link").returncode == 1


def test_backups_of_a_running_hub_can_be_opened(program: HubProgram) -> None:
    set_up(program).close()
    copy = Path(program.admin("backup").stdout.strip())
    assert check_copy(copy) == "ok"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    copy.rename(program.folder / "restored.sqlite3")
    assert program.interrupt() == 0
    url = f"sqlite:///{program.folder / 'restored.sqlite3'}"
    restored = HubProgram(program.folder, MEDIALAB_DATABASE_URL=url)
    try:
        answer = httpx.post(f"{restored.url()}/api/v1/session", json={"name": "Ada", "password": PASSWORD})
        assert answer.status_code == 200
    finally:
        restored.end()


def test_secrets_on_disk_are_for_the_owner_only(program: HubProgram) -> None:
    program.url()
    assert stat.S_IMODE(program.folder.stat().st_mode) == 0o700
    secrets = json.loads((program.folder / "broker" / "secrets.json").read_text())
    assert set(secrets["passwords"]) == {"hub", "local"}


def told(manager: socket.socket) -> tuple[int, bytes]:
    """Process id of the sender, and what it says (SCM_CREDENTIALS, unix(7))."""
    text, extra, _flags, _from = manager.recvmsg(64, socket.CMSG_SPACE(struct.calcsize("3i")))
    return struct.unpack("3i", extra[0][2])[0], text


@pytest.mark.parametrize("again", range(4))
def test_a_hub_that_is_stopped_while_it_makes_its_database_ends_in_order(tmp_path: Path, again: int) -> None:
    hub = HubProgram(tmp_path)
    try:
        until(lambda: (tmp_path / "hub.sqlite3-wal").exists())
        time.sleep(again * 0.05)
        hub.process.send_signal(signal.SIGTERM)
        assert hub.process.wait(10) == 0, hub.process.stderr.read()
    finally:
        hub.end()


def test_systemd_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        manager.settimeout(20)
        hub = HubProgram(tmp_path / "data", NOTIFY_SOCKET=str(tmp_path / "notify"))
        try:
            assert told(manager) == (hub.process.pid, b"READY=1"), "mosquitto can speak to systemd, too"
            assert httpx.get(f"{hub.url()}/healthz").status_code == 200
            hub.process.send_signal(signal.SIGTERM)
            assert told(manager) == (hub.process.pid, b"STOPPING=1")
            assert hub.process.wait(5) == 0
        finally:
            hub.end()
