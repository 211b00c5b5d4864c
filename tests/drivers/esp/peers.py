"""Where the foreign programs for ESP32 boards are."""

import os

import pytest

from tests.house.tree import ROOT

HOME = ROOT / ".cache/peers/esp/bin"


def with_esptool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the esptool of tests/peers/esp on PATH."""
    assert (HOME / "esptool").exists(), "esptool is missing: make peers"
    monkeypatch.setenv("PATH", f"{HOME}:{os.environ['PATH']}")
