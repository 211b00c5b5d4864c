"""A Prusa MK3S on a pseudo terminal, as far as PrusaLink 0.8.1 asks: `printer.py LINK`, until it is ended.

Which lines PrusaLink sends, and the shape of the answers it waits for: prusa/link/printer_adapter/printer_polling.py,
structures/regular_expressions.py and the firmware's own words (https://github.com/prusa3d/Prusa-Firmware)."""

import os
import pty
import re
import select
import sys
import time
import tty
from pathlib import Path

SERIAL = "CZPX1234X004XC12345"
AMBIENT_C = 25.0
C_PER_S = {"nozzle": 60.0, "bed": 30.0}
STEPS_S = 0.002
"""How long a move takes."""
SHEET = [*b"Smooth ", 0, 0, 60, 40]
EEPROM: dict[int, list[int]] = {
    0x0D05: [0, 0, 0, 1],
    0x0D49: SHEET * 8,
    0x0DA1: [0],
    0x0F91: [0] * 4,
    0x0FBB: [0],
    0x0FED: [0] * 4,
    0x0FF1: [0] * 4,
    0x0FFF: [1],
}
FIXED = {
    "M862.2 Q": ("302",),
    "M862.1 Q": ("0.40",),
    "PRUSA Fir": ("3.14.1-8237",),
    "PRUSA SN": (SERIAL,),
    "M420": ("Mesh bed leveling not active.",),
    "M21": ("echo:SD init fail",),
    "M73": (
        "NORMAL MODE: Percent done: -1; print time remaining in mins: -1; Change in mins: -1",
        "SILENT MODE: Percent done: -1; print time remaining in mins: -1; Change in mins: -1",
    ),
    "M603": ("// action:cancel",),
    "M601": ("// action:pause", "// action:paused"),
    "M602": ("// action:resume", "// action:resumed"),
}
POSITION = "X:0.00 Y:0.00 Z:0.00 E:0.00 Count X: 0.00 Y:0.00 Z:0.00 E:0.00"
FANS = "E0:0 RPM PRN1:0 RPM E0@:0 PRN1@:0"


class Printer:
    """Heaters, factors and a little memory; answers one line after the other."""

    def __init__(self, line: int) -> None:
        self._line = line
        self.actual = dict.fromkeys(C_PER_S, AMBIENT_C)
        self.target = dict.fromkeys(C_PER_S, 0.0)
        self.factors = {"M220": 100, "M221": 100}
        self.report_s = 2.0  # PrusaLink asks for it by M155 while this printer is still taken for booting
        self.waits_for: str | None = None
        self._moved = self._reported = time.monotonic()

    def say(self, *lines: str) -> None:
        os.write(self._line, "".join(f"{line}\n" for line in lines).encode())

    def advance(self) -> None:
        """Let time pass: warm, cool, report, and end the waiting for a temperature."""
        now = time.monotonic()
        for heater, speed in C_PER_S.items():
            span, goal = speed * (now - self._moved), self.target[heater] or AMBIENT_C
            self.actual[heater] += max(-span, min(span, goal - self.actual[heater]))
        self._moved = now
        if self.report_s and now - self._reported >= self.report_s:
            self._reported = now
            self.say(self.warmth(), POSITION, FANS)
        heater = self.waits_for
        if heater and abs(self.actual[heater] - (self.target[heater] or AMBIENT_C)) < 1:
            self.waits_for = None
            self.say("ok")

    def warmth(self) -> str:
        nozzle = f"{self.actual['nozzle']:.1f} /{self.target['nozzle']:.1f}"
        bed = f"{self.actual['bed']:.1f} /{self.target['bed']:.1f}"
        return f"T:{nozzle} B:{bed} T0:{nozzle} @:0 B@:0 P:30.0 A:30.0"

    def hear(self, raw: str) -> None:
        """One line, with or without line number and checksum."""
        numbered = re.match(r"^N\d+ (.*?) ?\*\d+$", raw)
        line = (numbered.group(1) if numbered else raw).strip()
        code = line.split(" ")[0]
        found = re.search(r"S(-?\d+\.?\d*)", line)
        value = float(found.group(1)) if found else None
        if code == "M105":
            self.say(f"ok {self.warmth()}")
            return
        if code == "D3":
            self._eeprom(line)
        elif code in self.factors:
            self._factor(code, value)
        else:
            self._other(code, value, line)
        if code in {"M109", "M190"}:
            self.waits_for = "nozzle" if code == "M109" else "bed"
            return
        self.say("ok")

    def _other(self, code: str, value: float | None, line: str) -> None:
        if line in FIXED or code in FIXED:
            self.say(*FIXED[line if line in FIXED else code])
        elif code in {"M104", "M109", "M140", "M190"}:
            self.target["nozzle" if code in {"M104", "M109"} else "bed"] = value or 0.0
        elif code == "M114":
            self.say(POSITION)
        elif code == "M155":
            self.report_s = value or 0.0
        elif code == "M27":
            self.say("Not SD printing")
        elif code == "M20":
            self.say("Begin file list", "End file list")
        elif code == "G1":
            time.sleep(STEPS_S)

    def _factor(self, code: str, value: float | None) -> None:
        if value is None:
            self.say(f"{self.factors[code]}%")
        else:
            self.factors[code] = int(value)

    def _eeprom(self, line: str) -> None:
        where = re.search(r"Ax([0-9a-fA-F]+)", line)
        put = re.search(r"X([0-9a-fA-F]+)", line.split(" ", 2)[-1])
        many = re.search(r"C(\d+)", line)
        address = int(where.group(1), 16) if where else 0
        if put:
            EEPROM[address] = list(bytes.fromhex(put.group(1)))
        if many:
            count = int(many.group(1))
            held = (EEPROM.get(address) or [0] * count)[:count]
            for start in range(0, count, 16):
                self.say(f"{address + start:04x}  " + " ".join(f"{byte:02x}" for byte in held[start : start + 16]))


def main(link: Path) -> None:
    """Open the terminal, name it, and play the printer until ended."""
    near, far = pty.openpty()
    tty.setraw(near)
    tty.setraw(far)
    link.unlink(missing_ok=True)
    link.symlink_to(os.ttyname(far))
    printer, heard = Printer(near), b""
    while True:
        ready, _, _ = select.select([near], [], [], 0.05)
        printer.advance()
        if ready:
            heard += os.read(near, 1024)
        while b"\n" in heard and printer.waits_for is None:
            line, heard = heard.split(b"\n", 1)
            printer.hear(line.decode(errors="replace").strip())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
