"""Runs esptool, which is GPL and therefore a program of its own, and reads what it says about a board.

It is called as its version 5 wants it (docs.espressif.com, esptool, “Migration Guide v5”)."""

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.program import Ended, Ending, Program, failed, find, in_memory, run
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, Unreachable
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

PROGRAMS = ("esptool", "esptool.py")
STALL_S = 20.0
"""Erasing 16 MB takes that long without a word."""

Area = tuple[int, bytes]
"""Where in the flash, and what."""


@dataclass(frozen=True)
class Chip:
    """Who answered. `name` as esptool wants it with `--chip`; `flash` in bytes, 0 when unknown."""

    name: str
    mac: str
    flash: int


class Tool:
    """esptool for the board behind a link.

    Settings: `esptool`, another one than on PATH; `baud`; `before` and `after`, how the chip is reset, in esptool's
    words; `stall_s`, seconds without progress until it is ended."""

    def __init__(self, link: DeviceLink) -> None:
        self._link = link
        self.has_failed = False
        """Something went wrong since the board last said who it is."""

    @property
    def sighting(self) -> Sighting:
        """How discovery sees it now. Raises `Unreachable`."""
        present = [sighting for sighting in self._link.sightings if sighting.present]
        if not present:
            raise _silent("not seen")
        return present[-1]

    async def identify(self) -> Chip:
        """Chip, MAC address and size of its flash. Raises `DeviceTrouble`."""
        # the chip's own loader knows this; loading esptool's faster one first would take longer than the answer
        ended = await self._run("flash-id", chip="auto", deadline_s=30, is_plain=True)
        if not ended.is_ok:
            raise self._trouble(ended)
        self.has_failed = False
        return _chip(ended.output)

    async def write(self, chip: str, areas: Sequence[Area], deadline_s: float, say: Callable[[float], None]) -> None:
        """Erase everything, then write. Another chip is refused by esptool before that. Raises `DeviceTrouble`."""
        keep = ("--flash-mode", "keep", "--flash-freq", "keep", "--flash-size", "keep")
        ended = await self._with_files("write-flash", ("--erase-all", *keep), chip, areas, deadline_s, _Percent(say))
        if not ended.is_ok:
            raise self._trouble(ended)

    async def holds(self, chip: str, areas: Sequence[Area]) -> bool:
        """Whether the flash holds exactly this, by checksums the chip makes. Raises `DeviceTrouble`."""
        ended = await self._with_files("verify-flash", (), chip, areas, 120, None)
        if ended.is_ok:
            return True
        if ended.ending is Ending.EXITED and re.search(r"[Vv]erif\w+ (mismatch|failed)|digest mismatch", ended.output):
            return False
        raise self._trouble(ended)

    def program(self) -> str:
        """Where esptool is. Raises `NeedsPerson`."""
        told = self._link.settings.get("esptool")
        return find(told, package="esptool") if told else find(*PROGRAMS, package="esptool")

    async def _with_files(
        self,
        verb: str,
        options: tuple[str, ...],
        chip: str,
        areas: Sequence[Area],
        deadline_s: float,
        hear: Callable[[str], bool] | None,
    ) -> Ended:
        with ExitStack() as stack:
            files = [(at, *stack.enter_context(in_memory(data))) for at, data in areas]
            places = [word for at, _fd, path in files for word in (hex(at), path)]
            fds = tuple(fd for _at, fd, _path in files)
            return await self._run(verb, *options, *places, chip=chip, deadline_s=deadline_s, fds=fds, hear=hear)

    async def _run(
        self,
        verb: str,
        *arguments: str,
        chip: str,
        deadline_s: float,
        fds: tuple[int, ...] = (),
        hear: Callable[[str], bool] | None = None,
        is_plain: bool = False,
    ) -> Ended:
        told = self._link.settings
        plain = ("--no-stub",) if is_plain else ()
        common = (*plain, "--chip", chip, "--port", self._tty(), "--baud", told.get("baud") or "115200")
        resets = ("--before", told.get("before") or "default-reset", "--after", told.get("after") or "hard-reset")
        stall = float(told.get("stall_s") or STALL_S)
        program = Program(self.program(), (*common, *resets, verb, *arguments), deadline_s, stall, fds=fds)
        return await run(program, hear, self._is_there)

    def _trouble(self, ended: Ended) -> DeviceTrouble:
        self.has_failed = True
        return _why(ended)

    def _tty(self) -> str:
        node = self.sighting.facts.get("tty", "").split(" ")[0]
        if not node.startswith("/dev/") or ".." in node:
            raise NeedsPerson(
                "no-port",
                Text(de="Das Board zeigt keinen seriellen Anschluss.", en="The board shows no serial port."),
                Text(de="Das Board ab- und wieder anstecken.", en="Unplug the board and plug it in again."),
            )
        return node

    def _is_there(self) -> bool:
        seen = [sighting for sighting in self._link.sightings if sighting.present]
        return bool(seen) and Path(seen[-1].facts.get("tty", "").split(" ")[0]).exists()


class _Percent:
    """Progress as esptool prints it; anything else is no progress."""

    def __init__(self, say: Callable[[float], None]) -> None:
        self._say = say

    def __call__(self, piece: str) -> bool:
        found = re.findall(r"(\d{1,3})\.\d%", piece)
        if found:
            self._say(min(1.0, int(found[-1]) / 100))
        return bool(found) or "rasing" in piece or "stub" in piece


def _chip(output: str) -> Chip:
    name = re.search(r"Connected to (ESP[0-9A-Z-]{2,12}) on ", output)
    mac = re.search(r"^(?:BASE )?MAC: +((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s*$", output, re.M)
    size = re.search(r"^Detected flash size: (\d{1,3})(KB|MB)\s*$", output, re.M)
    if name is None or mac is None:
        raise _silent("no chip named")
    flash = int(size.group(1)) * (1024 if size.group(2) == "KB" else 1024 * 1024) if size else 0
    return Chip(name.group(1).lower().replace("-", ""), mac.group(1), flash)


def _why(ended: Ended) -> DeviceTrouble:
    if "Wrong chip argument" in ended.output:
        return Refused(
            "wrong-chip",
            Text(
                de="Auf diesem Board sitzt ein anderer Chip als erwartet. Es wurde nichts geschrieben.",
                en="This board carries another chip than expected. Nothing was written.",
            ),
            Text(de="Prüfen, ob das richtige Board angesteckt ist.", en="Check whether the right board is plugged in."),
            ended.last_lines(1),
        )
    if ended.ending is Ending.EXITED and "Failed to connect" in ended.output:
        return _silent(ended.last_lines(1))
    return failed("esptool", ended)


def _silent(detail: str) -> Unreachable:
    return Unreachable(
        "no-loader",
        Text(de="Das Board antwortet nicht.", en="The board does not answer."),
        Text(
            de="Die Taste „BOOT“ gedrückt halten, kurz „RESET“ drücken und noch einmal versuchen.",
            en="Keep the button “BOOT” pressed, press “RESET” for a moment, and try again.",
        ),
        detail,
    )
