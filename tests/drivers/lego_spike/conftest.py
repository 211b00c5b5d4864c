"""A firmware of the lab's own, taken in and signed as a lab does it."""

from pathlib import Path

import pytest

from medialab_agent.sdk.firmware_signing import Origin, Part, take_in

IMAGE = b"1.9.3\0" + bytes(range(256)) * 160


@pytest.fixture
def own_firmware(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The bytes of version 1.9.3 in the library; its first bytes tell the simulated hub its new version."""
    monkeypatch.setenv("MEDIALAB_DATA_DIR", str(tmp_path))
    file = tmp_path / "hub.bin"
    file.write_bytes(IMAGE)
    origin = Origin(
        "lego-spike-prime/official", "1.9.3", ("lego-spike-prime",), "STM32F413", "proprietary", "the maker's app",
        ("Firmware des Herstellers", "The maker's firmware"), ("Mit der SPIKE App", "By the SPIKE app"),
        is_default=True,
    )  # fmt: skip
    take_in(tmp_path / "firmware", [Part(file, 0)], origin)
    return IMAGE
