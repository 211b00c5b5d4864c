"""One guest for each module of tests; each run says what was real and what was not."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.virtual_lab import agent
from tests.virtual_lab.image.build import Image, image
from tests.virtual_lab.vm import Vm

REAL = "kernel+udev+systemd+USB and Bluetooth drivers+bluetoothd+adb+mosquitto"
SIMULATED = "USB devices+radio+robots+processor"
_told: list[str] = []


@pytest.fixture(scope="session")
def lab_image() -> Image:
    """The guest, built when it is not there yet. A machine that cannot run it fails the tests; nothing is skipped."""
    made = image()
    parts = ", ".join(f"{name} {seconds} s" for name, seconds in made.durations.items())
    _told.append(f"lab: image {'cold' if made.was_cold else 'warm'} ({parts})")
    _told.append(f"lab: real={REAL}, simulated={SIMULATED}, accel={made.accel}")
    return made


@pytest.fixture(scope="module")
def vm(lab_image: Image, request: pytest.FixtureRequest) -> Iterator[Vm]:
    """A pristine guest for the tests of one file."""
    with running(lab_image, request.module.__name__.rpartition(".")[2], request.session) as guest:
        yield guest


@pytest.fixture(scope="session")
def usb_bench(lab_image: Image, request: pytest.FixtureRequest) -> Iterator[Vm]:
    """A guest whose agent listens to USB and starts adb itself; each test takes away what it plugged in."""
    with running(lab_image, "USB bench", request.session) as guest:
        begun = time.monotonic()
        agent.deploy(guest)
        agent.start(guest, "usb")
        agent.until_listening(guest, "USB: listening")
        _told.insert(-1, f"lab: USB bench: agent put in and started in {time.monotonic() - begun:.1f} s")
        yield guest


@contextmanager
def running(made: Image, name: str, session: pytest.Session) -> Iterator[Vm]:
    """A guest for the time of a block; what it told its journal is shown when a test failed."""
    guest, failed = Vm(made), session.testsfailed
    _told.insert(-1, f"lab: {name}: guest restored in {guest.restored_s} s")
    try:
        yield guest
        if session.testsfailed > failed:
            script = "journalctl -q --no-pager -o short-monotonic | grep -v qemu-ga | tail -n 150"
            print(guest.run("/bin/sh", "-c", script).out)
    finally:
        guest.end()


@pytest.fixture
def tell() -> Callable[[str], None]:
    """Say a figure at the end of the run; nothing is judged by it."""
    return lambda text: _told.insert(-1, f"lab: {text}")


def pytest_unconfigure() -> None:
    """The last words of the run; without a guest they say so."""
    print("\n".join(_told or ["lab: real=nothing, simulated=nothing: the guest did not start"]))
