"""Parsers survive anything and never take rubbish for "nothing there"."""

import json

from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.drivers.android_adb import inventory, reset
from medialab_agent.drivers.android_adb.checks import JUDGES
from medialab_agent.drivers.android_adb.client import parse_devices
from medialab_agent.drivers.android_adb.describe import facts, traces, volatile
from medialab_agent.drivers.android_adb.device import chunks, is_unique
from medialab_agent.drivers.android_adb.evidence import Evidence
from medialab_agent.drivers.android_adb.inventory import COMMANDS, Inventory, parse
from medialab_agent.drivers.android_adb.profiles import choose, load
from medialab_agent.drivers.android_adb.sections import Bundle, Section
from medialab_agent.drivers.android_adb.simulator_shell import split
from medialab_wire.progress import CheckResult

_SPICE = st.sampled_from(
    [
        "package:",
        "[a]: [b",
        "Accounts: 9",
        "Row: 0",
        "UserInfo{0:",
        "level: x",
        "|5|/sdcard/",
        "Network Id",
        "\r",
        "\n",
        "\x00",
        "::",
        "=",
    ]
)
_TEXT = st.lists(st.one_of(_SPICE, st.text(max_size=20)), max_size=12).map("".join)
_SECTION = st.builds(Section, _TEXT, st.integers(0, 255))
_SECTIONS = st.dictionaries(st.sampled_from(sorted(COMMANDS)), _SECTION)


@given(_SECTIONS)
def test_any_answer_gives_an_inventory_that_can_be_described_and_judged(sections) -> None:
    now = parse(sections)
    profile = choose(now.props)
    json.dumps([facts(now, profile, ""), volatile(now), traces(now), reset.baseline_of(now, profile)])
    evidence = Evidence(now, {}, profile)
    for judges in JUDGES.values():
        for judge in judges.values():
            judge(evidence)


def test_an_empty_reading_passes_no_check() -> None:
    evidence = Evidence(Inventory(), {}, load()[-1])
    results = {
        (level, name): judge(evidence).result for level, judges in JUDGES.items() for name, judge in judges.items()
    }
    assert set(results.values()) == {CheckResult.UNKNOWN}


@given(st.sampled_from(sorted(COMMANDS)))
def test_each_missing_section_turns_some_check_unknown_or_is_only_informative(missing: str) -> None:
    good = _good_sections()
    profile = load()[-1]
    baseline = reset.baseline_of(parse(good), profile)
    now = parse({name: section for name, section in good.items() if name != missing})
    results = {judge(Evidence(now, baseline, profile)).result for judge in JUDGES["session"].values()}
    informative = {"props", "battery", "storage", "running", "lock-off", "vr-power"}
    assert CheckResult.UNKNOWN in results or missing in informative


@given(_TEXT, _TEXT)
def test_sections_cannot_be_forged_without_the_nonce(first: str, second: str) -> None:
    bundle = Bundle({"a": "x", "b": "y"}, "0123456789abcdef")
    other = Bundle({"a": "x"}, "fedcba9876543210")
    forged = f"={other.nonce}:b\nlie\n={other.nonce}:rc:0\n"
    output = (
        f"={bundle.nonce}:a\n{first}{forged}={bundle.nonce}:rc:3\n={bundle.nonce}:b\n{second}={bundle.nonce}:rc:0\n"
    )
    if bundle.nonce not in first + second:
        cut = bundle.cut(output)
        assert cut["a"] == Section(first + forged, 3)
        assert cut["b"] == Section(second, 0)


@given(st.text(max_size=200))
def test_device_lists_never_break_the_parser(text: str) -> None:
    parse_devices(text)


def test_device_lines_of_debians_server() -> None:
    text = (
        "R52X0001TAB            device usb:1-1.3 product:gta9 model:SM_X210 device:gta9 transport_id:4\n"
        "340YC10G0001Q          no permissions (user in plugdev group; are your udev rules wrong?); see [http://x] "
        "usb:1-1.4 transport_id:5\n"
        "192.0.2.7:5555         offline transport_id:6\n"
    )
    first, second, third = parse_devices(text)
    assert (first.state, first.place, first.model, first.transport_id) == ("device", "usb:1-1.3", "SM_X210", "4")
    assert second.state.startswith("no permissions") and (second.place, second.transport_id) == ("usb:1-1.4", "5")
    assert (third.serial, third.state, third.place) == ("192.0.2.7:5555", "offline", "")


def test_saved_networks_as_android_prints_them() -> None:
    text = (
        "Network Id      SSID                         Security type\n"
        "0            221 - IoT                        wpa2-psk\n"
        "0            221 - IoT                        wpa3-sae^\n"
        '9            ABCDEFGHIJKLMNOPQRSTUVWXYZ012345 open/owe^\n3            "BasilNet"                   wpa2-psk\n'
    )
    found = inventory.parse_wifi(Section(text, 0))
    assert found is not None and sorted(found) == [0, 3, 9]
    assert found[3] == inventory.fingerprint("wifi", "BasilNet")
    assert inventory.parse_wifi(Section("No networks\n", 0)) == {}
    assert inventory.parse_wifi(Section("Uid 2000 does not have access\n", 255)) is None


def test_account_names_are_not_kept() -> None:
    names = "    Account {name=max@example.org, type=com.google}\n    Account {name=x, type=a.b}\n"
    text = f"User UserInfo{{0:Owner:c13}}:\n  Accounts: 2\n{names}"
    found = inventory.parse_accounts(Section(text, 0))
    assert found == {"com.google": 1, "a.b": 1}
    assert inventory.parse_accounts(Section("  Accounts: 3\n", 0)) == {"unknown": 3}


def test_paths_that_climb_are_never_entries() -> None:
    lines = (
        "directory|4096|/sdcard/DCIM\nregular file|3|/sdcard/DCIM/../MediaLab/x\nregular file|5|/sdcard/DCIM/a b.jpg\n"
    )
    assert inventory.parse_files(Section(lines, 0)) == ({"/sdcard/DCIM": -1, "/sdcard/DCIM/a b.jpg": 5}, 1)
    assert inventory.parse_files(Section(lines, 1)) == (None, 0)


def test_locks_of_any_user_count() -> None:
    disabled = Section("true\n", 0)
    assert inventory.parse_lock(Section("CredentialType: None\nCredentialType: Pin\n", 0), disabled) is True
    assert inventory.parse_lock(Section("CredentialType: None\n", 0), None) is False
    assert inventory.parse_lock(None, Section("false\n", 0)) is None


def test_placeholders_are_no_serials() -> None:
    for value in (
        "????????????",
        "0123456789ABCDEF",
        "0123456789abcdef",
        "(no serial number)",
        "unknown",
        "0000000",
        "",
        "a b c d",
    ):
        assert not is_unique(value)
    assert is_unique("R52X0001TAB")


@given(st.lists(st.text(min_size=1, max_size=300), max_size=200))
def test_chunks_keep_every_word_and_stay_small(words: list[str]) -> None:
    groups = chunks(words, 4000)
    assert [word for group in groups for word in group] == words
    assert all(sum(len(word.encode("utf-8", "surrogatepass")) for word in group) <= 4000 for group in groups)


@given(st.text(alphabet="ab'\"\\;&|\n $", max_size=40))
def test_the_simulated_shell_splits_anything(script: str) -> None:
    split(script)


def _good_sections() -> dict[str, Section]:
    entry = "directory|4096|/sdcard/DCIM\nregular file|3|/sdcard/DCIM/a.jpg\n"
    texts = {
        "props": "[ro.serialno]: [SN-1]\n[sys.boot_completed]: [1]\n",
        "packages": "package:a.b versionCode:1\npackage:c.d versionCode:2\n",
        "third": "package:a.b versionCode:1\n",
        "running": "NAME\ninit\n",
        "users": "Users:\n\tUserInfo{0:Owner:4c13} running\n",
        "accounts": "  Accounts: 0\n",
        "volumes": "",
        "bluetooth": "  Bonded devices:\n\n",
        "lock": "CredentialType: None\n",
        "admins": "  Enabled Device Admins (User 0):\n\n",
        "wifi": "No networks\n",
        "files": entry,
        "app-files": "",
        "tmp": "",
        **dict.fromkeys(inventory.SCOPES, "a=b\n"),
        **dict.fromkeys(inventory.COUNT_COMMANDS, "No result found.\n"),
    }
    return {name: Section(text, 0) for name, text in texts.items()}
