"""`medialab-agent run | practice | probe | drivers | doctor | firmware | new-driver`."""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from medialab_agent.settings import BadSetting, Settings, from_env

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; the exit code is 0 when all went well, 1 when something is wrong, 2 for a wrong call."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options)
    except BadSetting as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="medialab-agent", description="The agent beside the devices of a media lab.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="serve the devices of this machine").set_defaults(command=_run)
    practice = commands.add_parser("practice", help="serve simulated devices to practise on")
    practice.add_argument("--with-real-devices", action="store_true", help="look at this machine's buses, too")
    practice.set_defaults(command=_practice)
    probe = commands.add_parser("probe", help="say once what every source and driver sees")
    probe.add_argument("--seconds", type=float, default=5.0, help="how long to look (default 5)")
    probe.set_defaults(command=_probe)
    commands.add_parser("drivers", help="list the drivers and what they can reset").set_defaults(command=_drivers)
    doctor = commands.add_parser("doctor", help="name each missing bus, tool and permission with its remedy")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument("--lang", choices=("de", "en"), default="de")
    doctor.set_defaults(command=_doctor)
    _add_firmware(commands)
    new = commands.add_parser("new-driver", help="scaffold a driver with simulator and a green suite")
    new.add_argument("name")
    new.add_argument("--drivers", type=Path, default=Path("agents/medialab_agent/drivers"))
    new.add_argument("--tests", type=Path, default=Path("tests/drivers"))
    new.set_defaults(command=_new_driver)
    return parser


def _add_firmware(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from medialab_agent.cli.firmware import add_to

    add_to(commands)


def _settings() -> Settings:
    settings = from_env()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # At debug, bleak and dbus_fast would write down every phone they hear.
    for chatty in ("httpx", "websockets", "bleak", "dbus_fast"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return settings


def _run(_options: argparse.Namespace) -> int:
    from medialab_agent.cli.run import run

    return run(_settings())


def _practice(options: argparse.Namespace) -> int:
    from medialab_agent.cli.run import practise

    return practise(_settings(), with_real_devices=options.with_real_devices)


def _probe(options: argparse.Namespace) -> int:
    from medialab_agent.cli.probe import probe

    return probe(_settings(), options.seconds)


def _drivers(_options: argparse.Namespace) -> int:
    from medialab_agent.cli.drivers import list_drivers

    return list_drivers()


def _doctor(options: argparse.Namespace) -> int:
    from medialab_agent.cli.doctor import examine

    return examine(options.lang, as_json=options.json)


def _new_driver(options: argparse.Namespace) -> int:
    from medialab_agent.cli.new_driver import BadName, DriverName, scaffold

    try:
        written = scaffold(DriverName.of(options.name), options.drivers, options.tests)
    except BadName as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(map(str, written)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
