"""A small shell for the simulated device: statements, `&&`, `||`, `|`, `$?`, `$(getprop X)`, redirections."""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from medialab_agent.drivers.android_adb.simulator_state import Body

Command = Callable[[Body, list[str]], tuple[str, int]]
"""Runs one command; gives what it printed and its exit code."""

_SUBSTITUTION = re.compile(r"\$\(getprop ([\w.]+)\)")
_REDIRECTIONS = {"2>&1", "2>/dev/null", ">/dev/null"}


@dataclass(frozen=True)
class Statement:
    """One simple command and how it is joined to the one before: `;`, `&&`, `||` or `|`."""

    join: str
    text: str


def split(script: str) -> list[Statement]:
    """Cut a script at `;`, newline, `&&`, `||` and `|` outside quotes."""
    statements: list[Statement] = []
    join, start, quote, at = ";", 0, "", 0
    while at < len(script):
        char = script[at]
        if char == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif found := _joint(script, at):
            statements.append(Statement(join, script[start:at]))
            join = ";" if found == "\n" else found
            at += len(found) - 1
            start = at + 1
        at += 1
    statements.append(Statement(join, script[start:]))
    return [statement for statement in statements if statement.text.strip()]


def _joint(script: str, at: int) -> str:
    """What joins two statements here, or nothing."""
    if script[at : at + 2] in ("&&", "||"):
        return script[at : at + 2]
    return script[at] if script[at] in ";\n|" else ""


def _filter(words: list[str], text: str) -> tuple[str, int]:
    """`head -n N` and `grep -m N TEXT`."""
    lines = text.splitlines(keepends=True)
    if words[0] == "head":
        return "".join(lines[: int(words[-1])]), 0
    found = [line for line in lines if words[-1] in line][: int(words[2]) if words[1:2] == ["-m"] else None]
    return "".join(found), 0 if found else 1


class Shell:
    """Runs scripts against one body."""

    def __init__(self, body: Body, commands: dict[str, Command]) -> None:
        self._body, self._commands = body, commands

    def run(self, script: str) -> tuple[str, int]:
        """All output (both streams) and the last exit code. May raise `DiedError` or `HungError`."""
        self._body.asked.append(script)
        out: list[str] = []
        code = 0
        for statement in split(script):
            if (statement.join == "&&" and code) or (statement.join == "||" and not code):
                continue
            words = self._words(statement.text, code)
            if words[:1] == ["exit"]:
                return "".join(out), int(words[1]) if len(words) > 1 else code
            text, code = _filter(words, out.pop()) if statement.join == "|" else self._run(words)
            out.append(text)
        return "".join(out), code

    def _words(self, text: str, code: int) -> list[str]:
        props = self._body.state.props
        text = _SUBSTITUTION.sub(lambda found: props.get(found[1], ""), text.replace("$?", str(code)))
        try:
            return [word for word in shlex.split(text) if word not in _REDIRECTIONS]
        except ValueError:
            return ["sh-syntax-error"]

    def _run(self, words: list[str]) -> tuple[str, int]:
        if not words:
            return "", 0
        command = self._commands.get(words[0])
        if command is None:
            return f"/system/bin/sh: {words[0]}: inaccessible or not found\n", 127
        return command(self._body, words[1:])
