"""Going back to an older firmware needs a reason; the manifest says what follows a writing that did not last."""

from typing import Any

import pytest

from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.firmware_history import REASON, SCRIPTS_MOST, going_back, is_older, proven, remember
from medialab_agent.sdk.firmware_rollback import advice, hold_or_write_again, written_as_allowed
from medialab_agent.sdk.firmware_script import Script
from medialab_agent.sdk.trouble import NeedsPerson, Refused, unreachable
from medialab_wire.texts import Text
from tests.fixtures.driver_session import Memory

UNO = "arduino-uno-r3"


def script(version: str, **more: Any) -> Script:
    shipped = library().default(UNO).script
    return shipped.model_validate({**shipped.model_dump(by_alias=True), "version": version, **more})


@pytest.mark.parametrize(
    ("version", "than", "expected"),
    [
        ("1.0.0", "1.0.1", True),
        ("1.9", "1.10", True),
        ("1.10", "1.9", False),
        ("1.0", "1.0.0", False),
        ("1", "1.0.1", True),
        ("2026.11.1", "2026.9.30", False),
        ("1.0.0", "unknown", False),
        ("1.0.0", "9.x", False),
        ("1.0.0", "²", False),
    ],
)
def test_versions_are_compared_by_numbers(version: str, than: str, expected: bool) -> None:
    assert is_older(version, than) is expected


def test_an_older_one_is_refused_without_a_reason_and_recorded_with_one() -> None:
    memory = Memory()
    assert going_back(memory, script("1.0"), {}) is None
    remember(memory, script("1.1"))
    assert proven(memory, script("1.0")) == "1.1"
    assert going_back(memory, script("1.1"), {}) is None
    assert going_back(memory, script("1.2"), {}) is None
    with pytest.raises(Refused, match="older-firmware") as refused:
        going_back(memory, script("1.0"), {})
    assert "nichts geschrieben" in refused.value.trouble.text.de
    words = going_back(memory, script("1.0"), {REASON: "the new one\n  blinks too bright "})
    assert words is not None
    assert words.de == "atmega328p/medialab-default 1.0 statt 1.1: the new one blinks too bright"
    remember(memory, script("1.0"))
    assert going_back(memory, script("1.0"), {}) is None


@pytest.mark.parametrize("reason", ["", "   ", 7, None, ["x"], "\x1b[2J", "a\x00b"])
def test_what_is_no_reason_does_not_count(reason: object) -> None:
    memory = Memory()
    remember(memory, script("1.1"))
    with pytest.raises(Refused, match="older-firmware"):
        going_back(memory, script("1.0"), {REASON: reason})


def test_a_long_reason_does_not_fill_the_record() -> None:
    memory = Memory()
    remember(memory, script("1.1"))
    words = going_back(memory, script("1.0"), {REASON: "why " * 1000})
    assert words is not None
    assert len(words.de) == 200


def test_another_script_has_a_history_of_its_own() -> None:
    memory = Memory()
    remember(memory, script("9.0", id="lab/own"))
    assert going_back(memory, script("1.0"), {}) is None


def test_a_detour_over_another_script_is_no_way_back() -> None:
    memory = Memory()
    remember(memory, script("2.0"))
    remember(memory, script("1.0", id="lab/own"))
    with pytest.raises(Refused, match="older-firmware"):
        going_back(memory, script("1.0"), {})
    assert proven(memory, script("1.0", id="lab/own")) == "1.0"


def test_only_so_many_scripts_are_remembered_and_the_latest_are_kept() -> None:
    memory = Memory()
    remember(memory, script("1.0", id="lab/first"))
    for number in range(SCRIPTS_MOST):
        remember(memory, script("1.0", id=f"lab/own-{number}"))
        remember(memory, script("1.1", id=f"lab/own-{number}"))
    assert proven(memory, script("1.0", id="lab/first")) is None
    assert {proven(memory, script("1.0", id=f"lab/own-{number}")) for number in range(SCRIPTS_MOST)} == {"1.1"}


def test_what_a_makers_firmware_reports_counts_as_well() -> None:
    with pytest.raises(Refused, match="older-firmware"):
        going_back(None, script("1.0"), {}, carried="1.0.1")
    assert going_back(None, script("1.1"), {}, carried="1.0.1") is None


async def _written(attempts: int, held_at: int, **more: Any) -> tuple[int, Text, list[Text | None]]:
    count, said = 1, []

    async def write() -> None:
        nonlocal count
        count += 1

    async def holds() -> bool:
        return count >= held_at

    words = await hold_or_write_again(
        script("1.0", attempts=attempts, **more), write, holds, lambda _part, words=None: said.append(words)
    )
    return count, words, said


async def test_what_is_not_held_is_written_again_as_often_as_the_manifest_allows() -> None:
    assert (await _written(3, held_at=1))[0] == 1
    count, words, said = await _written(3, held_at=2)
    assert (count, len(said)) == (2, 1)
    assert words.en.endswith("written 2 times")
    count, words, _said = await _written(3, held_at=9)
    assert count == 3
    assert words.en.endswith("written 3 times and not read back")


async def test_what_is_set_aside_is_written_once_and_a_person_is_told_how_to_get_it_back() -> None:
    count, words, said = await _written(1, held_at=9, rollback="set-aside")
    assert (count, said) == (1, [])
    assert words.en.endswith("not read back")
    aside = script("1.0", attempts=1, rollback="set-aside")
    assert advice(aside) == aside.undo
    assert advice(script("1.0")) is None


def test_what_is_set_aside_cannot_be_written_twice() -> None:
    with pytest.raises(ValueError, match="written once"):
        script("1.0", attempts=2, rollback="set-aside")


def test_an_interrupted_writing_is_repeated_only_where_the_manifest_allows() -> None:
    memory, aside = Memory(), script("1.0", attempts=1, rollback="set-aside")
    with pytest.raises(KeyboardInterrupt), written_as_allowed(memory, aside, "x-1"):
        raise KeyboardInterrupt
    with pytest.raises(Refused, match="written-once") as refused, written_as_allowed(memory, aside, "x-1"):
        pytest.fail("written twice")
    assert refused.value.trouble.remedy == aside.undo
    for again in (script("1.0"), script("1.0")):
        with written_as_allowed(memory, again, "x-1"):
            pass


def test_a_writing_that_fails_names_the_way_back() -> None:
    aside = script("1.0", attempts=1, rollback="set-aside")
    with pytest.raises(type(unreachable())) as failed, written_as_allowed(Memory(), aside, "x-1"):
        raise unreachable()
    assert failed.value.trouble.remedy == aside.undo
    plain = unreachable().trouble.remedy
    with pytest.raises(type(unreachable())) as failed, written_as_allowed(Memory(), script("1.0"), "x-1"):
        raise unreachable()
    assert failed.value.trouble.remedy == plain


def test_what_a_person_has_to_do_before_anything_is_written_does_not_count_as_written() -> None:
    memory, aside = Memory(), script("1.0", attempts=1, rollback="set-aside")
    with pytest.raises(NeedsPerson), written_as_allowed(memory, aside, "x-1"):
        raise NeedsPerson("no-tool", Text.same("tool"))
    with written_as_allowed(memory, aside, "x-1"):
        pass
