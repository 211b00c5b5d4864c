"""Small rooms: files, functions and pages that one can read at a glance."""

from statistics import quantiles

from tests.house.tree import functions, named, product_python, text

GENERATED = ("docs/generated/", "dashboard/src/lib/api/schema.d.ts")


def _lines(name: str) -> int:
    return text(name).count("\n")


def test_no_source_file_is_longer_than_a_room() -> None:
    sources = [n for n in named(".py", ".ts", ".svelte", ".css", ".js") if not n.startswith(GENERATED)]
    too_long = {n: _lines(n) for n in sources if _lines(n) > (400 if n.startswith("tests/") else 300)}
    assert not too_long


def test_no_function_is_longer_than_fifty_lines() -> None:
    too_long = [found for name in named(".py") for found in functions(name) if found[1] > 50]
    assert not too_long


def test_nine_of_ten_functions_fit_in_twenty_five_lines() -> None:
    lengths = [length for name in product_python() for _, length in functions(name)]
    assert quantiles(lengths, n=10)[8] <= 25


def test_readmes_are_short() -> None:
    rooms = ["hub", "agents", "firmware_scripts", "dashboard", "tests", "ansible"]
    limits = {"README.md": 110, "README.de.md": 110} | {f"{room}/README.md": 40 for room in rooms}
    too_long = {name: _lines(name) for name, limit in limits.items() if _lines(name) > limit}
    assert not too_long
