"""The guest itself: a real Debian that answers quickly, with its own clock and nothing of the world outside."""

import time

from tests.virtual_lab.vm import Vm


def test_exit_codes_and_words_come_back(vm: Vm) -> None:
    done = vm.run("/bin/sh", "-c", "cat; echo said; echo wrong >&2; exit 42", stdin=b"heard ")
    assert (done.code, done.out, done.err) == (42, "heard said\n", "wrong\n")


def test_its_clock_is_ours(vm: Vm) -> None:
    assert abs(float(vm.shell("date +%s.%N")) - time.time()) < 60


def test_udev_bluez_and_the_broker_run_for_real(vm: Vm) -> None:
    running = vm.shell("systemctl list-units --type=service --state=running --plain --no-legend")
    assert {"systemd-udevd.service", "mosquitto.service", "dbus.service"} <= {
        row.split()[0] for row in running.splitlines()
    }
    assert vm.shell("systemctl --failed --no-legend --plain") == ""


def test_it_reaches_nothing(vm: Vm) -> None:
    assert vm.run(
        "/bin/sh", "-c", "timeout 5 python3 -c 'import socket; socket.create_connection((\"10.0.2.2\", 22), 3)'"
    ).code
