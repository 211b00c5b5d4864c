"""Documents that cannot lie: what they name exists, what is generated is fresh."""

import re
import subprocess
import sys
import tomllib

from tests.house.tree import ROOT, named, text

ADR_PARTS = ["Context", "Decision", "Consequences", "Alternatives", "Guard"]
ADRS = [name for name in named(".md") if re.fullmatch(r"docs/adr/\d{4}-[a-z0-9-]+\.md", name)]


def _prose(name: str) -> str:
    """The page without its code blocks."""
    return re.sub(r"^```.*?^```", "", text(name), flags=re.M | re.S)


def _shape(name: str) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", _prose(name), re.M)]


def test_both_readmes_have_the_same_shape() -> None:
    assert _shape("README.md") == _shape("README.de.md")


def test_the_first_two_commands_are_run_and_test() -> None:
    for readme in ("README.md", "README.de.md"):
        assert re.findall(r"^make [a-z-]+", text(readme), re.M)[:2] == ["make run", "make test"]


def test_every_link_to_a_file_leads_somewhere() -> None:
    broken = []
    for name in named(".md"):
        for target in re.findall(r"\]\(([^)#\s]+)", _prose(name)):
            if "://" not in target and not (ROOT / name).parent.joinpath(target).exists():
                broken.append(f"{name} -> {target}")
    assert not broken


def test_every_make_target_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.M))
    pages = ["README.md", "README.de.md", "CONTRIBUTING.md", *(n for n in named(".md") if n.startswith("docs/"))]
    unknown = {
        f"{page}: make {target}"
        for page in pages
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", text(page), re.M)
        if target not in targets
    }
    assert not unknown


def test_there_are_decisions_and_their_numbers_have_no_gap() -> None:
    numbers = [int(name.split("/")[-1][:4]) for name in ADRS]
    assert numbers
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_decision_has_its_five_parts() -> None:
    wrong = {name: parts for name in ADRS if (parts := re.findall(r"^## (.+)$", text(name), re.M)) != ADR_PARTS}
    assert not wrong


def _guard_exists(guard: str) -> bool:
    """True for an import contract, or a file, or a test in a file written as `path::test`."""
    contracts = {c["id"] for c in tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]}
    path, _, test = guard.partition("::")
    return guard in contracts or ((ROOT / path).exists() and (not test or f"def {test}(" in text(path)))


def test_every_decision_names_a_guard_that_exists() -> None:
    unguarded = {}
    for name in ADRS:
        guards = re.findall(r"`([^`\s]+)`", text(name).split("## Guard")[-1])
        missing = [guard for guard in guards if not _guard_exists(guard)]
        if not guards or missing:
            unguarded[name] = missing or "none named"
    assert not unguarded


def test_generated_parts_are_fresh() -> None:
    check = [sys.executable, str(ROOT / "docs/generate.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
