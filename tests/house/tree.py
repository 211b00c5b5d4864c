"""What the house tests look at: the tracked files, parsed once."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub/", "agents/")


@cache
def tracked() -> tuple[str, ...]:
    """Every file under version control that is still there, as a path from the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def named(*endings: str) -> list[str]:
    """The tracked files with one of these endings."""
    return [name for name in tracked() if name.endswith(endings)]


def product_python() -> list[str]:
    """The Python files that are shipped."""
    return [name for name in named(".py") if name.startswith(PACKAGES)]


@cache
def text(name: str) -> str:
    """The content of one file; binary files read as empty."""
    raw = (ROOT / name).read_bytes()
    return "" if b"\0" in raw else raw.decode("utf-8")


@cache
def parsed(name: str) -> ast.Module:
    """The syntax tree of one Python file."""
    return ast.parse(text(name), name)


def functions(name: str) -> list[tuple[str, int]]:
    """Each function of a Python file with its length in lines, decorators not counted."""
    return [
        (f"{name}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
