"""What people read after a reset: evidence as counts and places, wanted facts as titles, first what helps."""

import pytest

from medialab_agent.drivers.android_adb.advice import advice
from medialab_agent.drivers.android_adb.driver import MANIFEST
from medialab_agent.drivers.android_adb.evidence import Evidence
from medialab_agent.drivers.android_adb.inventory import Inventory
from medialab_agent.drivers.android_adb.places import by_place
from medialab_agent.drivers.android_adb.profiles import load
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import OPPO
from medialab_agent.drivers.android_adb.simulator_traces import leave
from medialab_agent.sdk.simulator import Fault
from medialab_wire.progress import Outcome

AGAIN = "höhere Stufe"
SEEN = Evidence(Inventory(), {}, load()[-1])


def observed(run, check: str) -> str:
    found = next(found for found in run.checks if found.id == check)
    assert found.observed is not None
    return found.observed.de


async def test_a_lock_is_the_first_thing_to_remove(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", faults={Fault.LOCKED}))
    leave(made.simulator.state, "bond")
    run = await made.reset()
    words = run.advice
    assert words is not None
    first, second = words.de.split("\n")
    assert first.startswith("Auf dem Gerät ist eine Sperre") and "Wiederherstellungsmenü" in first
    assert "Bluetooth" in second
    assert AGAIN not in words.de
    erased = await made.reset("full", "x2")
    assert erased.trouble["step"].trouble.text.de.startswith("Auf dem Gerät ist eine Sperre")


async def test_what_a_reset_cannot_bring_back_is_set_up_again(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    leave(made.simulator.state, "missing-app")
    run = await made.reset()
    words = run.advice
    assert words is not None and "neu einrichten" in words.de and "neu festhalten" in words.de
    assert AGAIN not in words.de
    assert observed(run, "apps") == "fehlt: 1"


async def test_what_resetting_again_may_mend_gets_no_other_advice(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    run = await made.reset()
    assert run.outcome is Outcome.CLEAN and run.advice is None
    assert advice("session", {"settings"}, SEEN) is None


async def test_a_refusal_says_who_does_what(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=OPPO, faults={Fault.REFUSE}))
    made.simulator.soil()
    remedy = (await made.reset()).trouble["step"].trouble.remedy
    assert remedy is not None
    lines = remedy.de.split("\n")
    assert lines[0].startswith("Bitte die Technik fragen")
    assert [line[:2] for line in lines[1:]] == ["1.", "2.", "3."]


@pytest.mark.parametrize(
    ("trace", "check", "words"),
    [
        ("unknown-folder", "leftovers", "1 Datei in anderen Ordnern unter /sdcard"),
        ("top-file", "leftovers", "1 Datei direkt unter /sdcard"),
        ("tmp-file", "leftovers", "1 Datei unter /data/local/tmp"),
        ("memory-card", "leftovers", "Speicherkarten: 1"),
        ("missing-lesson", "files", "fehlt: 1"),
        ("user", "users", "2 Benutzer"),
        ("lock", "lock", "gesperrt"),
    ],
)
async def test_a_failed_check_says_where_and_how_many(bench, trace: str, check: str, words: str) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    leave(made.simulator.state, trace)
    run = await made.reset()
    assert observed(run, check) == words


async def test_a_passed_check_says_so_in_words(bench) -> None:
    made = await bench(AndroidSimulator("SN-4711"))
    run = await made.reset()
    said = {check: observed(run, check) for check in ("users", "awake", "apps", "app-data")}
    assert said == {"users": "1 Benutzer", "awake": "ja", "apps": "wie festgehalten", "app-data": "alle leer"}
    for check in run.checks:
        assert check.expected is not None and check.observed is not None
        assert not (check.expected.de + check.observed.de).isdecimal()


def test_a_place_never_carries_a_name_somebody_gave() -> None:
    paths = [
        ("/sdcard/DCIM/Klasse 4b/Max.jpg", False),
        ("/sdcard/DCIM/Klasse 4b", True),
        ("/sdcard/Max Müller/brief.txt", False),
        ("/sdcard/Max Müller", True),
        ("/sdcard/Pictures/Klasse 4b", True),
        ("/sdcard/Android/media/com.whatsapp/a.jpg", False),
        ("/sdcard/Android/media/com.whatsapp/b.jpg", False),
    ]
    assert [words.de for words in by_place(paths, load()[-1])] == [
        "1 Datei in anderen Ordnern unter /sdcard",
        "2 Dateien unter /sdcard/Android/media",
        "1 Datei unter /sdcard/DCIM",
        "1 Ordner unter /sdcard/Pictures",
    ]


def test_a_title_states_the_wanted_fact() -> None:
    titles = [check.title for level in MANIFEST.levels for check in level.checks]
    assert not [title.de for title in titles if title.de.startswith("Kein")]
    assert not [title.en for title in titles if title.en.startswith("No ")]


def test_a_full_erase_says_beforehand_what_comes_after() -> None:
    level = MANIFEST.level("full")
    assert level is not None
    assert any("neu festhalten" in text.de for text in level.erases)


def test_an_erase_that_did_not_work_is_done_by_hand() -> None:
    words = advice("full", {"wiped", "wifi"}, SEEN)
    assert words is not None and "Wiederherstellungsmenü" in words.de
    assert AGAIN not in words.de
