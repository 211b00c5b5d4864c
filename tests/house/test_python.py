"""Habits in Python that no linter of ours knows."""

import ast
import re
from pathlib import PurePosixPath

from tests.house.tree import named, parsed, product_python, text

VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
CLOCK_CALLS = {"now", "utcnow", "today", "fromtimestamp"}


def test_each_module_says_its_purpose() -> None:
    silent = [n for n in product_python() if text(n).strip() and not ast.get_docstring(parsed(n))]
    assert not silent


def test_no_module_has_a_vague_name() -> None:
    vague = [n for n in named(".py") if VAGUE & {*PurePosixPath(n).parent.parts, PurePosixPath(n).stem}]
    assert not vague


def test_mocks_are_used_in_unit_tests_only() -> None:
    mocking = re.compile(r"^\s*(from unittest(\.mock)? import .*|import unittest\.mock.*|.*\bpytest_mock\b.*)$", re.M)
    outside = [n for n in named(".py") if not n.startswith("tests/unit/") and mocking.search(text(n))]
    assert [n for n in outside if not n.startswith("tests/house/")] == []


def _calls(name: str) -> list[ast.Call]:
    return [node for node in ast.walk(parsed(name)) if isinstance(node, ast.Call)]


def _is_naive(call: ast.Call) -> bool:
    """True for `datetime.now()` and its like without a time zone."""
    match call.func:
        case ast.Attribute(attr="utcnow" | "utcfromtimestamp"):
            return True
        case ast.Attribute(value=ast.Name(id="datetime") | ast.Attribute(attr="datetime"), attr="now"):
            return not call.args and not call.keywords
        case _:
            return False


def test_no_datetime_is_naive() -> None:
    naive = [f"{name}:{call.lineno}" for name in named(".py") for call in _calls(name) if _is_naive(call)]
    assert not naive


def test_the_domain_never_asks_the_clock() -> None:
    asking = [
        f"{name}:{call.lineno}"
        for name in product_python()
        if name.startswith("hub/medialab_hub/domain/")
        for call in _calls(name)
        if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCK_CALLS
    ]
    assert not asking


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    sources = [n for n in named(".py", ".ts", ".svelte", ".toml", ".sh") if not n.startswith("tests/house/")]
    left = [f"{n}: {found.group()}" for n in sources if (found := later.search(text(n)))]
    assert not left
