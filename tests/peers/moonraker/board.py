"""A printer's board on a pseudo terminal: `python board.py LINK` puts a symbolic link to it at LINK.

It understands what Klipper's host asks of a board, heats a nozzle and a bed, and cools them again."""

import os
import pty
import select
import sys
import time
import tty
from pathlib import Path
from typing import Any

from messages import ADC_MAX, CLOCK_HZ, SYNC, checksum, commands, dictionary, frame, response

AMBIENT_C, FULL_SCALE_C = 22.0, 400.0
HEATERS = {0: (2, 40.0), 1: (3, 30.0)}
"""Sensor pin → heater pin, °C per second at full power."""
COOLING = 0.25
"""Part of the difference to the room that is lost in a second: a real printer in fast motion."""
SAMPLE_S, STATS_S = 0.3, 5.0


class Board:
    """Pins, heat and configuration."""

    def __init__(self) -> None:
        self._born = self._warmed = time.monotonic()
        self.dictionary = dictionary()
        self.temperatures = dict.fromkeys(HEATERS, AMBIENT_C)
        self.forget()

    def forget(self) -> None:
        """After a restart."""
        self.crc: int | None = None
        self.is_shut_down = False
        self.pins: dict[int, int] = {}
        self.cycles: dict[int, int] = {}
        self.powers: dict[int, float] = {}
        self.sensors: dict[int, int] = {}
        self.samples: dict[int, tuple[float, int, int]] = {}
        self._kept = {
            "config_digital_out": (self.pins, "pin"),
            "set_digital_out_pwm_cycle": (self.cycles, "cycle_ticks"),
            "config_analog_in": (self.sensors, "pin"),
        }

    def clock(self) -> int:
        """Ticks since it was switched on."""
        return int((time.monotonic() - self._born) * CLOCK_HZ)

    def warm(self) -> None:
        """Let time pass."""
        now = time.monotonic()
        span, self._warmed = now - self._warmed, now
        for sensor, (heater, rate) in HEATERS.items():
            powers = [self.powers.get(oid, 0.0) for oid, pin in self.pins.items() if pin == heater]
            power = 0.0 if self.is_shut_down else max(powers, default=0.0)
            lost = (self.temperatures[sensor] - AMBIENT_C) * COOLING
            self.temperatures[sensor] += span * ((rate + lost) * power - lost)

    def obey(self, name: str, values: dict[str, int]) -> bytes | None:
        """Carry out a command; the answer, if it has one."""
        oid = values.get("oid", 0)
        if name in self._kept:
            kept, field = self._kept[name]
            kept[oid] = values[field]
        elif name == "queue_digital_out":
            self.powers[oid] = min(1.0, values["on_ticks"] / self.cycles.get(oid, 1))
        elif name == "query_analog_in":
            self.samples[oid] = (time.monotonic(), values["rest_ticks"], values["sample_count"])
        else:
            return self._control(name, values)
        return None

    def _control(self, name: str, values: dict[str, int]) -> bytes | None:
        match name:
            case "finalize_config":
                self.crc = values["crc"]
            case "reset" | "config_reset":
                self.forget()
            case "clear_shutdown":
                self.is_shut_down = False
            case "emergency_stop":
                self.is_shut_down = True
                return self._said("shutdown", clock=self.clock(), static_string_id=1)
            case _:
                return self._tell(name, values)
        return None

    def _tell(self, name: str, values: dict[str, int]) -> bytes | None:
        clock = self.clock()
        match name:
            case "identify":
                start = values["offset"]
                part = self.dictionary[start : start + values["count"]]
                return self._said("identify_response", offset=start, data=part)
            case "get_uptime":
                return self._said("uptime", high=clock >> 32, clock=clock)
            case "get_clock":
                return self._said("clock", clock=clock)
            case "get_config":
                is_config, is_shut = int(self.crc is not None), int(self.is_shut_down)
                return self._said(
                    "config", is_config=is_config, crc=self.crc or 0, is_shutdown=is_shut, move_count=1024
                )
        return None

    def measured(self) -> list[bytes]:
        """What the sensors have to say now."""
        said, now = [], time.monotonic()
        for oid, (last, rest, count) in self.samples.items():
            if count and now - last >= SAMPLE_S and self.crc is not None:
                self.samples[oid] = (now, rest, count)
                raw = int(self.temperatures[self.sensors[oid]] / FULL_SCALE_C * ADC_MAX * count)
                said.append(self._said("analog_in_state", oid=oid, next_clock=self.clock() + rest, value=raw))
        return said

    def _said(self, name: str, **values: Any) -> bytes:
        return response(name, {k: v & 0xFFFFFFFF if isinstance(v, int) else v for k, v in values.items()})


class Line:
    """Frames over the pseudo terminal."""

    def __init__(self, link: Path) -> None:
        self._end, other = pty.openpty()
        tty.setraw(other)
        tty.setraw(self._end)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(other))
        self._kept_open = other
        self._next, self._buffer = 0, b""

    def send(self, content: bytes = b"") -> None:
        """One frame."""
        os.write(self._end, frame(self._next, content))

    def receive(self) -> list[bytes]:
        """The contents of all frames that arrived in the last 20 ms."""
        if select.select([self._end], [], [], 0.02)[0]:
            self._buffer += os.read(self._end, 4096)
        found = []
        while (content := self._cut()) is not None:
            found.append(content)
        return found

    def _cut(self) -> bytes | None:
        self._buffer = self._buffer.lstrip(bytes([SYNC]))
        while len(self._buffer) >= 5:
            size = self._buffer[0]
            if len(self._buffer) < size:
                return None
            cut, self._buffer = self._buffer[:size], self._buffer[size:].lstrip(bytes([SYNC]))
            if size < 5 or cut[-1] != SYNC or checksum(cut[:-3]) != cut[-3:-1]:
                self._buffer = self._buffer.partition(bytes([SYNC]))[2]
            elif self._follows(cut):
                return cut[2:-3]
            self.send()  # names the number it waits for
        return None

    def _follows(self, cut: bytes) -> bool:
        number = cut[1] & 0x0F
        if number != self._next and not (len(cut) > 5 and cut[2] == 1):  # a new host begins with `identify`
            return False
        self._next = (number + 1) & 0x0F
        return True


def main(link: Path) -> None:
    """Be a board until the process is ended."""
    board, line = Board(), Line(link)
    told = time.monotonic()
    while True:
        for content in line.receive():
            for name, values in commands(content):
                if (answer := board.obey(name, values)) is not None:
                    line.send(answer)
            line.send()
        board.warm()
        for said in board.measured():
            line.send(said)
        if board.crc is not None and time.monotonic() - told >= STATS_S:
            told = time.monotonic()
            line.send(response("stats", {"count": 100, "sum": 1000, "sumsq": 1000}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
