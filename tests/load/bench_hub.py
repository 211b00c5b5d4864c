"""Prints what the hub costs: start, memory, lists, news with 10,000 devices. Judges nothing.

The figures of Home Assistant 2025.4.4 beside them were measured with 10,000 MQTT devices on a machine of two cores
(an Intel Xeon at about this speed); they are no promise for another machine."""

import asyncio
import http.client
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402 - the path comes first

from tests.fixtures.hubs import HubProgram  # noqa: E402
from tests.load.peers import Listening, ManyDevices, percentile  # noqa: E402

DEVICES = 10_000
EVENTS, PER_S = 1_000, 50
REQUESTS = 2_000
REST_S = 20


def say(what: str, value: str, peer: str = "") -> None:
    print(f"  {what:<58} {value:>16}   {peer}", flush=True)


def mebibytes(pid: int) -> float:
    return psutil.Process(pid).memory_info().rss / 1024 / 1024


def cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def wait_ready(program: HubProgram) -> str:
    url = program.url()
    while True:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        connection.request("GET", "/healthz")
        if connection.getresponse().status == 200:
            return url
        time.sleep(0.02)


def measure_start(folder: Path) -> None:
    for label in ("first start (makes the database) until ready", "next start until ready"):
        begun = time.perf_counter()
        program = HubProgram(folder)
        wait_ready(program)
        say(label, f"{time.perf_counter() - begun:.2f} s", "9.7 s" if "next" in label else "")
        program.interrupt()
        program.end()


def measure_memory(folder: Path) -> None:
    program = HubProgram(folder, "serve", "--with-agent")
    wait_ready(program)
    time.sleep(3)
    say("hub, nothing attached", f"{mebibytes(program.process.pid):.0f} MiB", "195 MB")
    for child in psutil.Process(program.process.pid).children():
        say(f"its {child.name()}", f"{mebibytes(child.pid):.0f} MiB")
    begun = time.perf_counter()
    program.interrupt(10)
    say("Ctrl-C until everything ended", f"{time.perf_counter() - begun:.2f} s")
    program.end()


async def measure_fleet(program: HubProgram, url: str, token: str) -> None:
    agent = ManyDevices(program.folder, DEVICES)
    begun, cpu = time.perf_counter(), cpu_s(program.process.pid)
    await agent.announce()
    get = Getter(url, token)
    while get("/api/v1/devices?limit=1")[1].count(b'"total":%d' % DEVICES) == 0:
        await asyncio.sleep(0.1)
    say(f"{DEVICES:,} devices announced until all are known", f"{time.perf_counter() - begun:.1f} s", "16.4 s")
    say("CPU for each", f"{(cpu_s(program.process.pid) - cpu) / DEVICES * 1e6:.0f} us")
    say(f"hub with {DEVICES:,} devices, as soon as all are known", f"{mebibytes(program.process.pid):.0f} MiB")
    await asyncio.sleep(REST_S)
    say(f"  after {REST_S} s of rest", f"{mebibytes(program.process.pid):.0f} MiB", "378 MB")
    for child in psutil.Process(program.process.pid).children():
        say(f"its {child.name()}", f"{mebibytes(child.pid):.0f} MiB")
    measure_lists(program, Getter(url, token))  # the hub ended the connection that rested, too
    for what, is_stored in (("volatile values (battery)", False), ("stored facts", True)):
        await measure_events(program, agent, Listening(url, token), what, is_stored)
    say("hub after that", f"{mebibytes(program.process.pid):.0f} MiB")
    await agent.session.close()


class Getter:
    """One client that keeps its connection."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, path: str, **headers: str) -> tuple[int, bytes]:
        self._connection.request("GET", path, headers={**self._headers, **headers})
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def measure_lists(program: HubProgram, get: Getter) -> None:
    paths = {
        "a page of 50": ("/api/v1/devices", {}),
        "a page of 50 that did not change (304)": ("/api/v1/devices", {"If-None-Match": etag(get)}),
        "a search": ("/api/v1/devices?q=tablet+0777", {}),
        "the whole fleet, compressed": ("/api/v1/fleet", {"Accept-Encoding": "gzip"}),
    }
    for what, (path, headers) in paths.items():
        get(path, **headers)
        cpu, took = cpu_s(program.process.pid), []
        for _ in range(REQUESTS):
            begun = time.perf_counter()
            _, body = get(path, **headers)
            took.append((time.perf_counter() - begun) * 1000)
        each = (cpu_s(program.process.pid) - cpu) / REQUESTS * 1000
        peer = "3.35 MB, 40 ms" if "fleet" in what else ""
        figures = f"{each:.2f} ms CPU, p50 {percentile(took, 0.5):.1f} p99 {percentile(took, 0.99):.1f} ms"
        say(f"{what}: {len(body) / 1000:.1f} kB", figures, peer)


def etag(get: Getter) -> str:
    get._connection.request("GET", "/api/v1/devices", headers=get._headers)
    answer = get._connection.getresponse()
    answer.read()
    return answer.headers["etag"]


async def measure_events(
    program: HubProgram, agent: ManyDevices, browser: Listening, what: str, is_stored: bool
) -> None:
    browser.start()
    await asyncio.to_thread(browser.opened.wait, 10)
    cpu, begun = cpu_s(program.process.pid), time.perf_counter()
    for step in range(EVENTS):
        await asyncio.sleep(max(0.0, begun + step / PER_S - time.perf_counter()))
        number = step * 7 % DEVICES
        browser.await_news_of(b"Tablet %05d" % number)
        agent.report(number, 50 if is_stored else 60 + step % 30, what if is_stored else "0")
    await asyncio.sleep(2)
    each = (cpu_s(program.process.pid) - cpu) / EVENTS * 1000
    figures = f"p50 {percentile(browser.late_ms, 0.5):.1f} p99 {percentile(browser.late_ms, 0.99):.1f} ms"
    say(f"report to stream, {PER_S}/s, {what}", figures, "p50 2.2 p99 40 ms")
    say("  CPU for each; lost; load", f"{each:.2f} ms; {len(browser.awaited)}; {psutil.getloadavg()[0]:.1f}", "1.52 ms")


def main() -> None:
    """Run all measurements one after the other; with `fleet` only those with many devices."""
    load = psutil.getloadavg()[0]
    print(f"MediaLab Hub on {psutil.cpu_count()} cores, load {load:.1f} before; right: Home Assistant 2025.4.4")
    with tempfile.TemporaryDirectory() as folder:
        if sys.argv[1:] != ["fleet"]:
            measure_start(Path(folder) / "start")
            measure_memory(Path(folder) / "memory")
        program = HubProgram(Path(folder) / "fleet")
        try:
            url = wait_ready(program)
            _, token = program.admin("token", "create", "--role", "admin", "--label", "bench").stdout.split()
            asyncio.run(measure_fleet(program, url, token))
        finally:
            program.process.terminate()
            program.end()


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, subprocess.SubprocessError) as error:
        sys.exit(f"the measurement failed: {error}")
