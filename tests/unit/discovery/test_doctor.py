"""The doctor: what is missing, for whom, and the one command that helps."""

import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.discovery.doctor import Facts, Finding, collect, findings, spoken
from medialab_agent.discovery.doctor_facts import rule_key
from medialab_wire.capabilities import DriverManifest, Needs, Quality
from medialab_wire.texts import Text

RULE = 'SUBSYSTEM=="usb", ATTR{idVendor}=="2833", MODE="0660", GROUP="plugdev"'


def manifest(driver: str, needs: Needs) -> DriverManifest:
    return DriverManifest(
        id=driver, name=Text(de=f"{driver}-de", en=f"{driver}-en"), version="1", quality=Quality.SEEN, needs=needs
    )


ADB = Needs(debian=("adb",), tools=("adb",), udev_rules=(RULE,), groups=("plugdev",))
DRIVERS = (
    manifest("quest", ADB),
    manifest("tablet", ADB),
    manifest("board", Needs(debian=("libfoo1",), groups=("dialout",))),
)
BARE = Facts(manifests=DRIVERS, user="anna", packages=frozenset({"bash"}))
WHOLE = Facts(
    manifests=DRIVERS,
    user="anna",
    groups=frozenset({"plugdev", "dialout"}),
    tools=frozenset({"adb"}),
    packages=frozenset({"libfoo1"}),
    udev_rules=frozenset({rule_key(RULE.replace(", ", ",\t"))}),
    has_libudev=True,
    has_usb=True,
    has_udev=True,
    has_dbus=True,
    has_bluetooth=True,
    has_network=True,
)


def named(facts: Facts) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings(facts)}


def test_a_prepared_machine_lacks_nothing() -> None:
    assert [f.name for f in findings(WHOLE) if not f.ok] == []
    assert all(f.remedy == "" for f in findings(WHOLE))


def test_a_bare_machine_is_told_one_command_each() -> None:
    found = named(BARE)
    assert not any(finding.ok for finding in found.values())
    assert found["tool:adb"].remedy == "sudo apt-get install -y adb"
    assert "quest-de, tablet-de" in found["tool:adb"].text.de
    assert found["package:libfoo1"].remedy == "sudo apt-get install -y libfoo1"
    assert found["group:dialout"].remedy == "sudo groupadd -f dialout && sudo usermod -aG dialout anna"
    assert "/etc/udev/rules.d/70-medialab-quest.rules" in found["rules:quest"].remedy
    assert found["bus:usb"].remedy == "sudo apt-get install -y libudev1"


def test_one_thing_missing_is_one_finding() -> None:
    assert [f.name for f in findings(replace(WHOLE, tools=frozenset())) if not f.ok] == ["tool:adb"]
    assert [f.name for f in findings(replace(WHOLE, has_network=False)) if not f.ok] == ["bus:mdns"]
    assert [f.name for f in findings(replace(WHOLE, has_udev=False)) if not f.ok] == ["udev"]
    no_groups = replace(WHOLE, groups=frozenset())
    assert [f.name for f in findings(no_groups) if not f.ok] == ["group:dialout", "group:plugdev"]
    assert [f.name for f in findings(replace(no_groups, is_root=True)) if not f.ok] == []


def test_the_rule_command_writes_the_rule_as_it_is() -> None:
    writing = named(BARE)["rules:quest"].remedy.partition(" | sudo tee")[0]
    assert subprocess.run(["sh", "-c", writing], capture_output=True, text=True, check=True).stdout == RULE + "\n"


@pytest.mark.parametrize(("lang", "word"), [("de", "fehlt"), ("en", "missing")])
def test_it_speaks_both_languages(lang: str, word: str) -> None:
    text = spoken(named(BARE)["tool:adb"], "de" if lang == "de" else "en")
    assert text.startswith(word)
    assert "$ sudo apt-get" in text


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_manifest_can_slip_in_a_command(tool: str, package: str, rule: str, group: str) -> None:
    needs = Needs(debian=(package,), tools=(tool,), udev_rules=(rule,), groups=(group,))
    for finding in findings(Facts(manifests=(manifest("odd", needs),), packages=frozenset({"bash"}))):
        if finding.remedy and "\0" not in finding.remedy:
            tamed = finding.remedy.replace("sudo ", "true ")
            done = subprocess.run(["sh", "-nc", tamed], capture_output=True, check=False)
            assert done.returncode == 0, finding.remedy


def test_this_machine_can_be_looked_at() -> None:
    sh = manifest("sh", Needs(tools=("sh", "no-such-program")))
    facts = collect([sh])
    assert facts.tools == {"sh"}
    assert {f.name: f.ok for f in findings(facts)}["tool:no-such-program"] is False
