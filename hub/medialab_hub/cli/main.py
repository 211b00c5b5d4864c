"""The command `medialab-hub`."""

import argparse
import logging
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from medialab_hub.settings import VERSION, Settings, variable


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; the exit status is 0 when it worked."""
    parsed = _parser().parse_args(arguments)
    try:
        settings = Settings.from_env()
    except ValidationError as error:
        for found in error.errors():
            print(f"{variable(str(found['loc'][0]))}: {found['msg']}", file=sys.stderr)
        sys.exit(2)
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    sys.exit(_run(parsed, settings))


def _run(parsed: argparse.Namespace, settings: Settings) -> int:
    from medialab_hub.cli import admin, serve  # here because they bring all of the hub

    if parsed.command == "admin":
        return admin.run(parsed, serve.demo_settings(settings) if parsed.demo else settings)
    if parsed.command == "demo":
        return serve.run(serve.demo_settings(settings), agent="practice")
    return serve.run(settings, agent="run" if parsed.with_agent else None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="medialab-hub", description="The hub of a media lab.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the hub")
    serve.add_argument("--with-agent", action="store_true", help="run an agent for this machine, too")
    commands.add_parser("demo", help="run the hub with the practice lab: simulated devices, data of its own")
    _add_admin(commands.add_parser("admin", help="administer a hub on this machine"))
    return parser


ERASE = "erase reasons, notes and photos: of a device, with the access entered for it, of a job, or by an account"


def _add_admin(admin: argparse.ArgumentParser) -> None:
    admin.add_argument("--demo", action="store_true", help="the hub of the practice lab")
    nouns = admin.add_subparsers(dest="noun", required=True)
    nouns.add_parser("link", help="a fresh link for the first sign-in")
    nouns.add_parser("backup", help="write a backup now")
    nouns.add_parser("check", help="check the chain of the journal and the records")
    erase = nouns.add_parser("erase", help=ERASE, description=ERASE)
    erase.add_argument("id")
    roles = ["guest", "trainer", "staff", "admin"]
    token = nouns.add_parser("token", help="tokens for programs").add_subparsers(dest="verb", required=True)
    create = token.add_parser("create")
    create.add_argument("--role", choices=roles, required=True)
    create.add_argument("--label", required=True)
    token.add_parser("list")
    token.add_parser("revoke").add_argument("id")
    user = nouns.add_parser("user", help="accounts; a password is read from standard input")
    verbs = user.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list")
    for verb in ("add", "set"):
        command = verbs.add_parser(verb)
        command.add_argument("name")
        command.add_argument("--role", choices=roles, required=verb == "add")
    verbs.choices["set"].add_argument("--password", action="store_true", help="read a new password")
    for verb in ("lock", "unlock", "delete"):
        verbs.add_parser(verb).add_argument("name")


if __name__ == "__main__":
    main()
