"""`medialab-hub admin …`: speaks to the running hub, or opens its database when none is running."""

import argparse
import asyncio
import contextlib
import getpass
import sys
from typing import Any

from medialab_hub.adapters.admin_socket import Answer, ask, error_body
from medialab_hub.bootstrap import administrate
from medialab_hub.errors import HubError
from medialab_hub.paths import DataFolder
from medialab_hub.settings import Settings

NO_HUB = {
    "de": "Der Hub läuft nicht. Beim Start zeigt er einen Link.",
    "en": "The hub is not running. It shows a link when it starts.",
}


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Carry out one command and print its result; 0 when it worked."""
    command = " ".join(filter(None, (parsed.noun, getattr(parsed, "verb", None))))
    arguments = {key: value for key in ("role", "label", "id", "name") if (value := getattr(parsed, key, None))}
    if command == "user add" or getattr(parsed, "password", False):
        arguments["password"] = _read_password()
    answer = _carry_out(command, arguments, settings)
    if "error" in answer:
        print(answer["error"]["de"], answer["error"]["en"], sep="\n", file=sys.stderr)
        return 1
    _show(answer["result"])
    return 0


def _carry_out(command: str, arguments: dict[str, Any], settings: Settings) -> Answer:
    folder = DataFolder(settings.data_dir.absolute())
    if folder.root.is_dir() and (answer := ask(folder.admin_socket, command, arguments)) is not None:
        return answer
    if command == "link":
        return {"error": NO_HUB}
    try:
        return {"result": asyncio.run(administrate(settings, command, arguments))}
    except HubError as error:
        return {"error": error_body(error)}


def _read_password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Passwort / password: ")
    return sys.stdin.readline().rstrip("\n")


def _show(result: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        for value in result.values():
            print("\n".join(value) if isinstance(value, list) else value)
