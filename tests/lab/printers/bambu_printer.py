"""One simulated Bambu printer as a program of its own, on the printer's usual ports, and how others read it.

    python -m tests.lab.printers.bambu_printer --address 127.44.2.7

Says one line of JSON when it answers. Then one word a line on standard input, one line of JSON in answer: `soil`,
`effects` (how often it was changed, by its own account). It ends when its input does. What it is like now, an
independent client (bambulabs-api) reads from it."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from medialab_agent.drivers.bambu.address import FTPS_PORT, MQTT_PORT
from medialab_agent.drivers.bambu.simulator import CODE, BambuSimulator

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".cache/peers/bambu/bin/python"
SERIAL = "01P00A000000044"
STAFF_FILE = "/schluesselanhaenger.gcode.3mf"
READER = """
import json, sys, time
from bambulabs_api import Printer

host, code, serial = sys.argv[1:]
printer = Printer(host, code, serial)
printer.mqtt_start()
end = time.monotonic() + 30
while "gcode_state" not in printer.mqtt_client.dump().get("print", {}):
    assert time.monotonic() < end, "no state"
    time.sleep(0.05)
state = printer.mqtt_client.dump()["print"]

def walk(folder):
    found = []
    for line in printer.ftp_client.list_directory(folder or "/")[1]:
        name = line.split(None, 8)[8]
        found.append(f"{folder}/{name}")
        if line.startswith("d"):
            found += walk(f"{folder}/{name}")
    return found

files = sorted(walk(""))
printer.mqtt_stop()
print(json.dumps({"state": state, "files": files}))
"""


def own_address() -> str:
    """On loopback, of this process alone: the printer's ports are fixed, and others may try theirs beside us."""
    return f"127.{45 + os.getpid() // 62_500 % 200}.{1 + os.getpid() // 250 % 250}.{1 + os.getpid() % 250}"


class BambuPrinter:
    """The program, for the time of a test."""

    def __init__(self, folder: Path, address: str) -> None:
        self.address = address
        command = [sys.executable, "-m", "tests.lab.printers.bambu_printer", "--address", address]
        with (folder / "bambu.log").open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )

    def wait_ready(self) -> None:
        """It says when it answers."""
        self._answer()

    def ask(self, word: str) -> Any:
        """Say one word and wait for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()
        return self._answer()

    def read(self) -> dict[str, Any]:
        """Its state and all its files, as the independent client reads them."""
        command = [str(PYTHON), "-c", READER, self.address, CODE, SERIAL]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def stop(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the printer ended by itself; see bambu.log"
        return json.loads(line)


async def serve(address: str) -> None:
    """Run until standard input ends."""
    words = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(words), sys.stdin)
    printer = BambuSimulator(SERIAL, address=address, mqtt_port=MQTT_PORT, ftps_port=FTPS_PORT)
    await printer.start()
    try:
        say({})
        while word := (await words.readline()).decode().strip():
            if word == "soil":
                printer.soil()
            say({"effects": len(printer.log)})
    finally:
        await printer.stop()
        printer.clear_away()


def say(answer: dict[str, Any]) -> None:
    """One line of JSON."""
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    asyncio.run(serve(parser.parse_args().address))
