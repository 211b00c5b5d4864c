"""3,000 and more real netlink uevents against the source as an unprivileged user with the buffer such a user gets."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.uevents import NOBODY, Kernel, PaperSys, devpath, overflow_count
from tests.fixtures.usb_watch import Watch

pytestmark = [
    pytest.mark.root,
    pytest.mark.timeout(90),
    pytest.mark.skipif(os.geteuid() != 0, reason="sending uevents needs root"),
]

PORTS = [f"1-{number}" for number in range(1, 31)]


@pytest.fixture
def sysfs(tmp_path: Path) -> PaperSys:
    paper = PaperSys(tmp_path / "sys")
    for port in PORTS:
        paper.add(port)
    return paper


@pytest.fixture
def kernel(sysfs: PaperSys) -> Iterator[Kernel]:
    with Kernel(sysfs.root) as kernel:
        yield kernel


@pytest.fixture
def watch(kernel: Kernel) -> Iterator[Watch]:
    """Never looks again by itself: what it finds after the storm, it finds because the kernel told of lost events."""
    watching = Watch(kernel.env, check_s=3600, prefix=kernel.inside, uid=NOBODY)
    yield watching
    watching.close()


def follow(watch: Watch, present: set[str], until: set[str]) -> None:
    """Read sightings until what they add up to is this."""
    while present != until:
        sighting = watch.sighting()
        (present.add if sighting["present"] else present.discard)(sighting["key"])


def test_an_overflow_loses_no_device(kernel: Kernel, watch: Watch, sysfs: PaperSys) -> None:
    present: set[str] = set()
    follow(watch, present, {devpath(port) for port in PORTS})
    assert f"Uid:\t{NOBODY}\t{NOBODY}" in Path(f"/proc/{watch.process.pid}/status").read_text()

    watch.process.send_signal(signal.SIGSTOP)
    kernel.send([("remove", "1-5")])
    others = [port for port in PORTS if port != "1-5"]
    kernel.send([("change", port) for port in others], times=overflow_count() // len(others) + 1)
    kernel.send([("add", "1-5")])
    for port in PORTS[:3]:
        sysfs.remove(port)
        kernel.send([("remove", port)])
    for port in ("1-41", "1-42"):
        sysfs.add(port)
        kernel.send([("add", port)])
    watch.process.send_signal(signal.SIGCONT)

    expected = {devpath(port) for port in (*PORTS[3:], "1-41", "1-42")}
    follow(watch, present, expected)
    fact = watch.fact()
    assert fact["overflows"] >= 1
    assert (fact["status"], fact["seen"]) == ("listening", len(expected))

    sysfs.add("1-50")
    kernel.send([("add", "1-50")])
    follow(watch, present, expected | {devpath("1-50")})


def test_a_storm_of_plugging_ends_with_what_is_there(kernel: Kernel, watch: Watch, sysfs: PaperSys) -> None:
    present: set[str] = set()
    everything = {devpath(port) for port in PORTS}
    follow(watch, present, everything)
    for _ in range(50):
        kernel.send([(action, port) for port in PORTS for action in ("remove", "add")])
    sysfs.add("1-50")
    sysfs.remove("1-1")
    kernel.send([("add", "1-50"), ("remove", "1-1")])
    follow(watch, present, (everything | {devpath("1-50")}) - {devpath("1-1")})
