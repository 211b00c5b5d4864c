"""The catalogue as data: complete, in two languages, with evidence; what is not is refused."""

from pathlib import Path

import pytest

from medialab_agent.sdk.manifest import load_manifest
from medialab_hub.catalogue.areas import AREAS
from medialab_hub.catalogue.loader import BadCatalogue, load, shipped
from medialab_hub.catalogue.model import DeviceClass, Evidence, Plug
from tests.fixtures.sightings import corpus

PLAIN = """
vendor = "Acme"
[[class]]
id = "acme-bot"
name = { de = "Acme-Roboter", en = "Acme robot" }
kind = "robot"
tells = [{ where = { vid = "1234", pid = "0001" }, evidence = "mem", source = "nobody saw it" }]
accessories = [{ name = { de = "Kabel", en = "Cable" } }]
charging = { plug = "usb-c" }
turnaround_min = 45
mkr = ["6.3"]
"""
DRIVERS = Path(__file__).parents[3] / "agents/medialab_agent/drivers"
NOT_YET = {"bambu", "esp"}
ASSISTIVE = {"gotalk-9-plus", "tobii-5", "switch-interface", "focus-blue-braille", "brailliant-bi"}


def test_there_are_enough_classes_and_assistive_technology_is_among_them() -> None:
    classes = shipped().classes
    assert len(classes) >= 60
    assert classes.keys() >= ASSISTIVE
    assert {one.kind for one in classes.values()} >= {
        "tablet",
        "headset",
        "printer",
        "board",
        "robot",
        "camera",
        "case",
    }


def test_each_file_is_one_makers() -> None:
    folder = Path(str(load.__code__.co_filename)).parent
    files = sorted(path.stem for path in folder.glob("*.toml"))
    makers = {one.vendor for one in shipped().classes.values()} - {"–"}
    assert len([name for name in files if not name.startswith("any-maker")]) == len(makers)


def test_each_class_has_a_line_in_the_corpus() -> None:
    expected: set[str] = set()
    for case in corpus():
        expected |= {case.expect} if isinstance(case.expect, str) else set((case.expect or {"ask": ()})["ask"])
    assert shipped().classes.keys() == expected


def test_each_class_speaks_both_languages() -> None:
    for one in shipped().classes.values():
        texts = [one.name, *(piece.name for piece in one.accessories)]
        texts += [note for note in (one.charging.note, one.age and one.age.text) if note]
        assert all(text.de.strip() and text.en.strip() for text in texts), one.id


def test_what_is_only_remembered_says_so_and_nothing_unverified_decides_by_a_number() -> None:
    guessed = [
        one.id
        for one in shipped().classes.values()
        for tell in one.tells
        if tell.evidence is Evidence.MEM and not tell.hint and tell.where.keys() <= {"vid", "pid"}
    ]
    assert not guessed


def test_what_tells_a_class_is_what_its_driver_announces() -> None:
    """A tell that names a driver reads facts of that driver only; the driver's manifest has the last word on them."""
    ours = {"driver", "kind", "name", "source", "serial", "uuid", "class"}
    unheard = []
    for one in shipped().classes.values():
        for tell in one.tells:
            for driver in tell.where.get("driver", ()):
                folder = DRIVERS / driver.replace("-", "_")
                if (folder / "manifest.toml").exists():
                    manifest = load_manifest(folder / "manifest.toml")
                    facts = {fact.key for fact in manifest.facts if not fact.volatile and not fact.trace}
                    unheard += [f"{one.id}: {driver}.{key}" for key in {*tell.where, *tell.exclude} - ours - facts]
    assert not unheard


def test_a_driver_that_is_named_has_a_folder_or_serves_nobody_yet() -> None:
    named = {driver for one in shipped().classes.values() for driver in one.drivers}
    assert named >= {"android-adb", "apple-ios", "daplink", "octoprint", "checklist"}
    assert all((DRIVERS / name.replace("-", "_")).is_dir() for name in named - NOT_YET)


def test_every_headset_of_meta_says_from_which_age() -> None:
    quests = [one for one in shipped().classes.values() if one.vendor == "Meta"]
    assert quests
    assert all(
        one.age and one.age.years == 13 and "18" in one.age.text.de and "18" in one.age.text.en for one in quests
    )


def test_what_hangs_on_the_mains_is_tested_and_nothing_else() -> None:
    for one in shipped().classes.values():
        mains = one.charging.plug is Plug.MAINS or any(piece.mains for piece in one.accessories)
        assert mains == (one.safety_test_months is not None), one.id


def test_a_case_that_only_charges_and_one_that_carries_data_differ() -> None:
    classes = shipped().classes
    assert not classes["charging-case"].charging.data
    assert classes["sync-case"].charging.data


def test_there_are_six_fields_of_four_areas() -> None:
    assert len(AREAS) == 24
    assert {area[0] for area in AREAS} == set("123456")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('["6.3"]', '["7.1"]', "7.1"),
        ('["6.3"]', "[]", "mkr"),
        (', en = "Acme robot"', "", "name.en"),
        (', en = "Cable"', "", "accessories"),
        ('evidence = "mem"', 'evidence = "sure"', "evidence"),
        (', source = "nobody saw it"', "", "source"),
        ('plug = "usb-c"', 'plug = "mains"', "safety test"),
        ("turnaround_min = 45", "turnaround_min = -1", "turnaround_min"),
        ("turnaround_min = 45", 'turnaround_min = 45\ncolour = "red"', "colour"),
        ('id = "acme-bot"', 'id = "Acme Bot"', "id"),
        ('where = { vid = "1234", pid = "0001" }', "where = {}", "where"),
        ("[[class]]", "[[class]", "acme.toml"),
    ],
)
def test_a_class_that_is_not_complete_is_refused(tmp_path: Path, old: str, new: str, word: str) -> None:
    (tmp_path / "acme.toml").write_text(PLAIN, encoding="utf-8")
    assert list(load(tmp_path).classes) == ["acme-bot"]
    assert old in PLAIN
    (tmp_path / "acme.toml").write_text(PLAIN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadCatalogue, match=word):
        load(tmp_path)


def test_the_same_class_twice_is_refused(tmp_path: Path) -> None:
    for name in ("acme.toml", "other.toml"):
        (tmp_path / name).write_text(PLAIN, encoding="utf-8")
    with pytest.raises(BadCatalogue, match="twice"):
        load(tmp_path)


def test_a_class_that_nothing_tells_has_to_be_one_a_person_chooses() -> None:
    fields = shipped().classes["bee-bot"].model_dump()
    assert DeviceClass.model_validate(fields).manual
    with pytest.raises(ValueError, match="neither told"):
        DeviceClass.model_validate(fields | {"manual": False})
