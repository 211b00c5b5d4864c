"""The matcher over the corpus: no automatic identification is wrong, and every doubt is asked about."""

from collections import Counter
from pathlib import Path

import pytest

from medialab_hub.catalogue.loader import load, shipped
from medialab_hub.catalogue.matcher import Match
from medialab_hub.catalogue.told import Told, told
from tests.fixtures.sightings import Case, corpus

CASES = tuple(corpus())
NANO, UNO = {"vid": ("1a86",), "pid": ("7523",)}, {"vid": ("2341",), "pid": ("0043",)}
SHARING = """
vendor = "Acme"
[common]
kind = "robot"
accessories = [{ name = { de = "Kabel", en = "Cable" } }]
charging = { plug = "usb-c" }
turnaround_min = 45
mkr = ["6.3"]
[[class]]
id = "acme-one"
name = { de = "Eins", en = "One" }
tells = [
  { where = { vid = "1234", pid = "0001" }, evidence = "mem", source = "test" },
  { where = { vid = "1234", pid = "0001", product = "one*" }, evidence = "mem", source = "test" },
  { where = { vid = "1234", pid = "0002" }, evidence = "mem", source = "test" },
]
[[class]]
id = "acme-two"
name = { de = "Zwei", en = "Two" }
tells = [
  { where = { vid = "1234", pid = "0001", product = "*two" }, evidence = "mem", source = "test" },
  { where = { vid = "1234", pid = "0001", product = "*two", serial = "2*" }, evidence = "mem", source = "test" },
]
"""


def _verdict(case: Case, found: Match) -> str:
    if found.decided is not None:
        return "right" if found.decided == case.expect else "wrong"
    if isinstance(case.expect, dict):
        return "asked" if set(case.expect["ask"]) <= set(found.candidates) else "not asked about"
    return "right" if case.expect is None and not found.candidates else "missed"


def test_the_corpus_holds_no_wrong_automatic_identification_and_no_missed_one() -> None:
    assert len(CASES) >= 300
    assert all(case.why for case in CASES)
    verdicts = [(case, _verdict(case, shipped().matcher.match([case.told]))) for case in CASES]
    failed = [(case.name, case.why, verdict) for case, verdict in verdicts if verdict not in ("right", "asked")]
    assert not failed
    assert Counter(verdict for _case, verdict in verdicts)["asked"] >= 60


def test_less_was_reported_and_still_nothing_is_wrong() -> None:
    """Of what no driver claims an agent reports neither drives nor interfaces."""
    less = [(case, unclaimed) for case in CASES if (unclaimed := case.told_unclaimed) is not None]
    assert len(less) >= 300
    wrong = [
        (case.name, case.why, found.decided)
        for case, unclaimed in less
        if (found := shipped().matcher.match([unclaimed])).decided is not None and found.decided != case.expect
    ]
    assert not wrong


def test_more_keys_win(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(SHARING, encoding="utf-8")
    match = load(tmp_path).matcher.match
    number: Told = {"vid": ("1234",), "pid": ("0001",)}
    assert match([{**number, "product": ("one",)}]) == Match("acme-one")
    assert match([{**number, "product": ("one and two",)}]) == Match(None, ("acme-one", "acme-two"))
    assert match([{**number, "product": ("one and two",), "serial": ("2a",)}]) == Match("acme-two")


def test_a_number_decides_only_for_the_one_class_that_has_it(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(SHARING, encoding="utf-8")
    match = load(tmp_path).matcher.match
    assert match([{"vid": ("1234",), "pid": ("0002",)}]) == Match("acme-one")
    assert match([{"vid": ("1234",), "pid": ("0001",)}]) == Match(None, ("acme-one",))


def test_connections_that_contradict_one_another_are_asked_about() -> None:
    match = shipped().matcher.match
    tablet: Told = {"driver": ("android-adb",), "maker": ("samsung",), "model": ("sm-x200",)}
    assert match([UNO, NANO]) == Match("arduino-uno-r3")
    assert match([UNO, tablet]) == Match(None, ("arduino-uno-r3", "samsung-galaxy-tab-a8"))
    assert match([]) == Match()


@pytest.mark.parametrize("key", ["driver", "kind", "name", "source", "serial"])
def test_a_fact_cannot_pose_as_what_the_hub_knows_itself(key: str) -> None:
    said = told("octoprint", "printer", "P", ["mdns"], {key: "android-adb"}, [("serial", "S")])
    assert "android-adb" not in said[key]
