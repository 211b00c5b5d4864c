"""The firmware road: signatures, checksums, and what is refused before anything is written."""

import base64
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from medialab_agent.sdk.firmware import TRUSTED, Firmware, Found, Library, library, own_folder, shipped_folder
from medialab_agent.sdk.firmware_catalogue import CONTEXT, canonical, key_id, read_keys
from medialab_agent.sdk.firmware_script import parse_script
from medialab_agent.sdk.firmware_signing import Origin, Part, publish, sign, take_in
from medialab_agent.sdk.trouble import DeviceTrouble
from tests.house.tree import ROOT

UNO = Found("arduino-uno-r3", chip="ATmega328P", signature="1e950f")
SCRIPT = "atmega328p/medialab-default"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project's scripts, copied and signed with a key of this test."""
    copied = tmp_path / "scripts"
    shutil.copytree(shipped_folder() / SCRIPT, copied / SCRIPT)
    key = Ed25519PrivateKey.generate()
    publish(key, tmp_path / "keys/test.pub")
    sign(copied, key)
    return copied


def read(folder: Path) -> Library:
    found = Library()
    found.add(folder, read_keys(folder.parent / "keys"), is_own=False)
    return found


def test_the_shipped_catalogue_verifies_and_lists_every_script() -> None:
    found = Library()
    found.add(shipped_folder(), read_keys(TRUSTED), is_own=False)
    assert found.troubles == []
    assert {firmware.id for firmware in found} == {
        f"{file.parent.parent.name}/{file.parent.name}" for file in shipped_folder().glob("*/*/script.toml")
    }
    assert all(firmware.images() for firmware in found)


def test_there_is_one_default_for_a_class() -> None:
    found = Library()
    found.add(shipped_folder(), read_keys(TRUSTED), is_own=False)
    scripts = [firmware.script for firmware in found if firmware.script.default]
    defaults = [(one, script.requires.chip, script.requires.board_ids) for script in scripts for one in script.classes]
    assert len(defaults) == len(set(defaults))


def test_no_private_key_is_in_the_repository() -> None:
    assert [path.name for path in TRUSTED.iterdir()] == ["project.pub"]
    assert not list(ROOT.glob("firmware_scripts/**/*.key"))


def test_an_image_is_opened_and_admitted(folder: Path) -> None:
    firmware = read(folder).default("arduino-uno-r3")
    firmware.admit(UNO)
    image = firmware.open()
    assert image.data.startswith(b":10")
    with image.file() as (_fd, path):
        assert Path(path).read_bytes() == image.data


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3])


def _grow(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b" x\n")


def _link(file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


@pytest.mark.parametrize("change", [_flip, _cut, _grow, Path.unlink])
@pytest.mark.parametrize("name", ["catalogue.json", "catalogue.sig", f"{SCRIPT}/script.toml", f"{SCRIPT}/image.hex"])
def test_whatever_is_changed_after_signing_is_refused(folder: Path, name: str, change: Callable[[Path], None]) -> None:
    change(folder / name)
    with pytest.raises(DeviceTrouble, match=r"bad-firmware|firmware-not-signed"):
        read(folder).default("arduino-uno-r3").images()


@pytest.mark.parametrize("name", [f"{SCRIPT}/script.toml", f"{SCRIPT}/image.hex"])
def test_links_are_not_followed(folder: Path, name: str) -> None:
    _link(folder / name)
    with pytest.raises(DeviceTrouble, match="bad-firmware"):
        read(folder).default("arduino-uno-r3").images()


def test_a_signature_for_something_else_does_not_fit(folder: Path) -> None:
    key = Ed25519PrivateKey.generate()
    publish(key, folder.parent / "keys/test.pub")
    content = (folder / "catalogue.json").read_bytes()
    bare = base64.b64encode(key.sign(content[len(CONTEXT) :])).decode()
    (folder / "catalogue.sig").write_text(f"{key_id(key.public_key())} {bare}\n")
    assert read(folder).troubles[0].trouble.code == "firmware-not-signed"


def test_a_key_beside_the_catalogue_is_not_trusted(folder: Path) -> None:
    key = Ed25519PrivateKey.generate()
    sign(folder, key)
    publish(key, folder / "mine.pub")
    assert read(folder).troubles[0].trouble.code == "firmware-not-signed"


@pytest.mark.parametrize(
    "found",
    [
        Found("arduino-mega-2560", chip="ATmega328P", signature="1e950f"),
        Found("arduino-uno-r3", chip="ATmega168", signature="1e950f"),
        Found("arduino-uno-r3", chip="ATmega328P", signature="1e9514"),
        Found("arduino-uno-r3", chip="ATmega328P"),
        Found("arduino-uno-r3", chip="ATmega328P", signature="1e950f", labels=("RPI-RP2",)),
        Found("arduino-uno-r3", chip="ATmega328P", signature="1e950f", labels=("maintenance",)),
    ],
)
def test_another_device_is_refused_in_plain_words(folder: Path, found: Found) -> None:
    with pytest.raises(DeviceTrouble, match="wrong-device") as refused:
        read(folder).default("arduino-uno-r3").admit(found)
    assert "nichts geschrieben" in refused.value.trouble.text.de


V2 = Found("bbc-microbit-v2", chip="nRF52833", board_id="9904", labels=("MICROBIT",), battery_percent=80)


@pytest.mark.parametrize(
    ("requires", "found"),
    [
        ("", replace(V2, board_id="9901")),
        ("", replace(V2, board_id="")),
        ('labels = ["MICROBIT"]', replace(V2, labels=("MINI",))),
        ('labels = ["MICROBIT"]', replace(V2, labels=())),
        ("battery_percent = 50", replace(V2, battery_percent=49)),
        ("battery_percent = 50", replace(V2, battery_percent=None)),
    ],
)
def test_whatever_a_script_requires_and_nobody_knows_is_a_mismatch(requires: str, found: Found) -> None:
    home = shipped_folder() / "bbc-microbit-v2/medialab-default"
    text = (home / "script.toml").read_text().replace("[requires]", f"[requires]\n{requires}")
    firmware = Firmware(parse_script(text.encode(), "test"), home, is_own=False)
    firmware.admit(V2)
    with pytest.raises(DeviceTrouble, match="wrong-device"):
        firmware.admit(found)


@pytest.mark.parametrize("size", [1, 6923, 6925, 2_000_000])
def test_an_image_of_another_size_than_declared_is_refused(size: int) -> None:
    home = shipped_folder() / "bbc-microbit-v2/medialab-default"
    text = (home / "script.toml").read_text().replace("size = 6924", f"size = {size}")
    with pytest.raises(DeviceTrouble, match="another size"):
        Firmware(parse_script(text.encode(), "test"), home, is_own=False).open()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('path = "image.hex"', 'path = "../image.hex"'),
        ('path = "image.hex"', 'path = "/etc/passwd"'),
        ('"MAINTENANCE", "RPI-RP2"', '"MAINTENANCE"'),
        ("attempts = 2", "attempts = 99"),
        ("schema = 1", "schema = 2"),
        ('licence = "EUPL-1.2"', 'licence = ""'),
        ('rollback = "write-again"', 'rollback = "hope"'),
        ('rollback = "write-again"', 'rollback = "set-aside"'),
        ("deadline_s = 90", "deadline_s = 90\nsurprise = 1"),
    ],
)
def test_a_manifest_is_read_strictly(folder: Path, old: str, new: str) -> None:
    text = (folder / SCRIPT / "script.toml").read_text()
    assert old in text
    with pytest.raises(DeviceTrouble, match="bad-firmware"):
        parse_script(text.replace(old, new).encode(), "test")


def test_a_maker_s_image_is_pinned_and_signed_with_the_labs_own_key(tmp_path: Path) -> None:
    image = tmp_path / "blink.bin"
    image.write_bytes(b"\xe9" + bytes(5000))
    words = ("Blinkt", "Blinks")
    origin = Origin("esp32/blink", "2.1", ("esp32-board",), "esp32", "MIT", "maker", words, words, is_default=True)
    own = own_folder({"MEDIALAB_DATA_DIR": str(tmp_path / "data")})
    take_in(own, [Part(image, 0x10000)], origin)
    found = library(own).default("esp32-board")
    assert found.is_own
    assert (found.open().data, found.script.artifacts[0].offset) == (image.read_bytes(), 0x10000)
    assert library(own).default("esp32-board", "esp32").id == "esp32/blink"
    with pytest.raises(DeviceTrouble, match="no-firmware"):
        library(own).default("esp32-board", "esp32s3")
    assert stat.S_IMODE((own / "keys/lab.key").stat().st_mode) == 0o600
    image.write_bytes(b"changed by the maker")
    assert library(own).default("esp32-board").open().data[:1] == b"\xe9"


def test_a_chip_is_the_same_however_its_maker_writes_it(tmp_path: Path) -> None:
    image = tmp_path / "blink.bin"
    image.write_bytes(b"\xe9" + bytes(5000))
    words = ("Blinkt", "Blinks")
    origin = Origin("esp32/s3", "1", ("esp32-board",), "ESP32-S3", "MIT", "maker", words, words, is_default=True)
    take_in(tmp_path / "own", [Part(image, 0)], origin)
    firmware = library(tmp_path / "own").default("esp32-board", "esp32s3")
    firmware.admit(Found("esp32-board", chip="esp32s3"))
    with pytest.raises(DeviceTrouble, match="wrong-device"):
        firmware.admit(Found("esp32-board", chip="esp32s2"))


def _cli(home: Path, *arguments: str, limit: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"{limit}\nfrom medialab_agent.cli.main import main\nraise SystemExit(main())"]
    env = {"MEDIALAB_DATA_DIR": str(home), "PATH": "/usr/bin:/bin"}
    return subprocess.run([*command, "firmware", *arguments], env=env, capture_output=True, text=True, timeout=60)


IMPORT = (
    *("--version", "1", "--class", "esp32-board", "--chip", "esp32", "--licence", "MIT", "--source", "maker"),
    *("--text-de", "Blinkt", "--text-en", "Blinks"),
)


def test_on_a_full_disk_what_was_there_before_stays_whole(tmp_path: Path) -> None:
    image = tmp_path / "blink.bin"
    image.write_bytes(bytes(range(256)) * 200)
    assert _cli(tmp_path, "import", str(image), "--id", "esp32/one", *IMPORT).returncode == 0
    full = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    full += "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))"
    failed = _cli(tmp_path, "import", str(image), "--id", "esp32/two", *IMPORT, limit=full)
    assert failed.returncode == 1
    assert failed.stderr.strip()
    checked = _cli(tmp_path, "check")
    assert (checked.returncode, "esp32/one" in checked.stdout) == (0, True), checked.stderr
    assert _cli(tmp_path, "import", str(image), "--id", "esp32/two", *IMPORT).returncode == 0
    assert "esp32/two" in _cli(tmp_path, "list").stdout


def test_what_a_person_demands_when_importing_stands_in_the_manifest(tmp_path: Path) -> None:
    image = tmp_path / "blink.bin"
    image.write_bytes(b"x")
    demands = ("--board-id", "9904", "--board-id", "9905", "--set-aside")
    assert _cli(tmp_path, "import", str(image), "--id", "esp32/one", *IMPORT, *demands).returncode == 0
    script = library(tmp_path / "firmware").get("esp32/one", "esp32-board").script
    assert script.requires.board_ids == ("9904", "9905")
    assert (script.rollback, script.attempts) == ("set-aside", 1)


def test_a_checksum_the_maker_names_must_fit(tmp_path: Path) -> None:
    image = tmp_path / "blink.bin"
    image.write_bytes(b"x")
    wrong = _cli(tmp_path, "import", str(image), "--id", "esp32/one", *IMPORT, "--sha256", "00" * 32)
    assert (wrong.returncode, "SHA-256 is 2d711642" in wrong.stderr) == (1, True), wrong.stderr
    assert not (tmp_path / "firmware").exists()


def test_check_names_what_is_wrong(tmp_path: Path) -> None:
    image = tmp_path / "blink.bin"
    image.write_bytes(b"x")
    assert _cli(tmp_path, "import", f"{image}@0x1000", "--id", "esp32/one", *IMPORT).returncode == 0
    (tmp_path / "firmware/esp32/one/image-0.bin").write_bytes(b"y")
    checked = _cli(tmp_path, "check")
    assert checked.returncode == 1
    assert "image-0.bin" in checked.stderr


def test_sign_makes_a_key_and_keeps_the_private_half_only_where_told(folder: Path, tmp_path: Path) -> None:
    public, private = tmp_path / "keys/new.pub", tmp_path / "secret.key"
    arguments = ("sign", "--folder", str(folder), "--public", str(public), "--key", str(private))
    assert _cli(tmp_path, *arguments).returncode == 0
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert read(folder).troubles == []
    (folder / SCRIPT / "image.hex").write_bytes(b"other")
    refused = _cli(tmp_path, *arguments)
    assert refused.returncode == 1
    assert "image.hex" in refused.stderr


def test_canonical_bytes_do_not_depend_on_the_order() -> None:
    assert canonical({"b/b": "2", "a/a": "1"}) == canonical({"a/a": "1", "b/b": "2"})


def test_the_committed_images_are_what_the_source_gives(tmp_path: Path) -> None:
    """Needs gcc-avr of Debian 12, see tests/peers/avr/debian.txt."""
    build = ROOT / "firmware_scripts/source/avr/build.sh"
    done = subprocess.run(["sh", build, tmp_path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for chip in ("atmega328p", "atmega2560"):
        committed = shipped_folder() / chip / "medialab-default/image.hex"
        assert (tmp_path / f"{chip}.hex").read_bytes() == committed.read_bytes()
