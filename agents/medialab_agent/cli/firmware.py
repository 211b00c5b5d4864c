"""`medialab-agent firmware list | check | import | sign`."""

import argparse
import sys
from itertools import zip_longest
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from medialab_agent.sdk.firmware import TRUSTED, library, own_folder, shipped_folder
from medialab_agent.sdk.firmware_signing import Origin, Part, private_key, publish, sign, take_in
from medialab_agent.sdk.trouble import DeviceTrouble


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say which words the command line takes."""
    firmware = commands.add_parser("firmware", help="list, check, import and sign what boards are flashed with")
    verbs = firmware.add_subparsers(required=True, metavar="VERB")
    verbs.add_parser("list", help="name every script that may be used here").set_defaults(command=_list)
    verbs.add_parser("check", help="check every signature, checksum and manifest").set_defaults(command=_check)
    _add_import(verbs.add_parser("import", help="take in a maker's image and sign it with this lab's own key"))
    signing = verbs.add_parser("sign", help="sign a folder of scripts, such as this project's own")
    signing.add_argument("--folder", type=Path, default=None, help="default: the scripts of this project")
    signing.add_argument("--key", type=Path, help="private key to use or to make; default: a new one, kept nowhere")
    signing.add_argument("--public", type=Path, default=TRUSTED / "project.pub", help="where its public half goes")
    signing.set_defaults(command=_sign)


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE[@OFFSET]", help="for example app.bin@0x10000")
    parser.add_argument("--id", required=True, help="TARGET/NAME, for example esp32/blink")
    parser.add_argument("--version", required=True)
    parser.add_argument("--class", dest="classes", action="append", required=True, help="device class; repeatable")
    parser.add_argument("--chip", required=True, help="for example ESP32-S3 or ATmega328P; others are refused")
    parser.add_argument("--signature", default="", help="signature of an AVR chip, for example 1e950f")
    parser.add_argument(
        "--board-id", dest="board_ids", action="append", default=[], help="for example 9904; repeatable"
    )
    parser.add_argument(
        "--set-aside", action="store_true", help="write it once only; what cannot be read back is for a person"
    )
    parser.add_argument("--banner", default="", help="how its first line begins on the serial port")
    parser.add_argument("--licence", required=True)
    parser.add_argument("--source", required=True, help="where the files come from")
    parser.add_argument("--text-de", required=True, help="what it changes, in German")
    parser.add_argument("--text-en", required=True, help="the same in English")
    parser.add_argument(
        "--sha256", action="append", default=[], help="as the maker names it; one for each file, in order"
    )
    parser.add_argument("--default", action="store_true", help="a reset puts it on these boards")
    parser.set_defaults(command=_import)


def _list(_options: argparse.Namespace) -> int:
    for firmware in library():
        script = firmware.script
        by = "lab" if firmware.is_own else "project"
        mark = "reset" if script.default else "-"
        print(f"{script.id:<32} {script.version:<10} {by:<8} {mark:<6} {', '.join(script.classes)}")
        print(f"    {script.text.de} / {script.text.en}")
    return 0


def _check(_options: argparse.Namespace) -> int:
    found = library()
    troubles = list(found.troubles)
    for firmware in found:
        try:
            firmware.images()
            print(f"ok   {firmware.id} {firmware.script.version}")
        except DeviceTrouble as error:
            troubles.append(error)
    for trouble in troubles:
        _complain(trouble)
    return 1 if troubles else 0


def _import(options: argparse.Namespace) -> int:
    origin = Origin(
        id=options.id,
        version=options.version,
        classes=tuple(options.classes),
        chip=options.chip,
        licence=options.licence,
        source=options.source,
        text=(options.text_de, options.text_en),
        undo=(
            "Das vorige Programm mit dem Werkzeug des Herstellers aufspielen.",
            "Put the former program on with the maker's tool.",
        ),
        signature=options.signature,
        banner=options.banner,
        is_default=options.default,
        board_ids=tuple(options.board_ids),
        is_set_aside=options.set_aside,
    )
    try:
        parts = [_part(text, pinned) for text, pinned in zip_longest(options.files, options.sha256, fillvalue="")]
        script = take_in(own_folder(), parts, origin)
    except DeviceTrouble as trouble:
        _complain(trouble)
        return 1
    except (OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"Stored in {own_folder()} and signed with this lab's own key:")
    for artifact in script.artifacts:
        print(f"{script.id}/{artifact.path} at {artifact.offset:#x}: {artifact.size} bytes, SHA-256 {artifact.sha256}")
    return 0


def _sign(options: argparse.Namespace) -> int:
    folder = options.folder or shipped_folder()
    try:
        key = private_key(options.key) if options.key else Ed25519PrivateKey.generate()
        scripts = sign(folder, key)
        name = publish(key, options.public)
    except DeviceTrouble as trouble:
        _complain(trouble)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(scripts)} scripts in {folder} are signed by key {name}; its public half is {options.public}.")
    kept = f"is {options.key}: keep it secret." if options.key else "was forgotten: sign again to change anything."
    print(f"The private half {kept}")
    return 0


def _part(text: str, pinned: str) -> Part:
    """`FILE@OFFSET`; a file alone belongs at 0."""
    name, mark, offset = text.rpartition("@")
    return Part(Path(name), int(offset, 0), pinned) if mark else Part(Path(text), 0, pinned)


def _complain(trouble: DeviceTrouble) -> None:
    said = trouble.trouble
    print(f"! {said.text.de} / {said.text.en} ({said.detail})", file=sys.stderr)
