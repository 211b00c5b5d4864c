"""Foreign clients of Bluetooth robots, run by the peer's own Python: spherov2, and pybricksdev's messages for LEGO.

`talk.py sphero|lego SOCKET NUMBER` talks to so many robots on the air and prints one JSON object a robot. Only the
lines of JSON are ours; every byte for a robot is made, and every answer understood, by the foreign code."""

import itertools
import json
import queue
import socket
import sys
import threading
from types import SimpleNamespace


class Air:
    """An adapter in spherov2's sense: a connection to one address. The class attribute `path` is the air's socket."""

    path = ""

    def __init__(self, address):
        self._numbers, self._answers, self._hear = itertools.count(1), queue.Queue(), {}
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(self.path)
        self._lines = self._socket.makefile("r")
        self._say({"connect": address})
        welcome = json.loads(self._lines.readline())
        if "error" in welcome:
            raise ConnectionError(welcome["error"])
        threading.Thread(target=self._listen, daemon=True).start()

    @classmethod
    def advertised(cls, number):
        """What `number` robots advertise."""
        scanner = socket.socket(socket.AF_UNIX)
        scanner.connect(cls.path)
        scanner.sendall(b'{"scan": true}\n')
        with scanner, scanner.makefile("r") as lines:
            return [json.loads(lines.readline()) for _ in range(number)]

    @classmethod
    def scan_toys(cls, timeout=5.0):
        return [SimpleNamespace(name=one["name"], address=one["address"]) for one in cls.advertised(Air.number)]

    def close(self, disconnect=True):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def set_callback(self, uuid, callback):
        self._hear[uuid.lower()] = callback
        self._ask({"listen": uuid})

    def write(self, uuid, data):
        self._ask({"write": uuid, "value": bytes(data).hex()})

    def _ask(self, request):
        self._say({"id": next(self._numbers), **request})
        answer = self._answers.get(timeout=10)
        if "error" in answer:
            raise ConnectionError(f"{request}: {answer}")

    def _say(self, message):
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def _listen(self):
        try:
            for line in self._lines:
                message = json.loads(line)
                if "notify" in message:
                    self._hear[message["notify"]](message["notify"], bytearray.fromhex(message["value"]))
                else:
                    self._answers.put(message)
        except (OSError, ValueError):
            pass


def sphero(toy):
    """Ask and command as far as spherov2 says that this model can."""
    from spherov2.commands.drive import DriveFlags
    from spherov2.toy.bolt import BOLT
    from spherov2.toy.mini import Mini
    from spherov2.toy.sprk2 import Sprk2

    if isinstance(toy, Sprk2):
        versions, power = toy.get_versions(), toy.get_power_state()
        toy.set_main_led(0, 255, 0)
        toy.roll(0, 0, 0, 0)
        firmware = f"{versions.main_app_version_major}.{versions.main_app_version_minor}"
        return {"model": "SPRK+", "firmware": firmware, "charge": power.state.name}
    said = {"name": toy.get_bluetooth_name().decode(), "charge": toy.get_battery_voltage_state().name}
    if isinstance(toy, BOLT):
        said |= {"model": "BOLT", "pictures": len(toy.get_compressed_frame_player_list_of_frames())}
        toy.set_all_leds_with_8_bit_mask(0x3F, [0, 255, 0] * 2)
        toy.delete_all_compressed_frame_player_animations_and_frames()
        said["left"] = len(toy.get_compressed_frame_player_list_of_frames())
    elif isinstance(toy, Mini):
        said |= {"model": "Mini", "battery": toy.get_battery_percentage()}
        said["firmware"] = ".".join(map(str, toy.get_main_app_version()))
        toy.set_all_leds_with_16_bit_mask(0x7F, [0, 255, 0, 0, 255, 0, 255])
    else:
        said |= {"model": "RVR", "battery": toy.get_battery_percentage()}
        toy.set_all_leds_with_32_bit_mask((1 << 31) - 1, [0, 255, 0] * 10 + [255])
    toy.drive_with_heading(0, 0, DriveFlags.FORWARD)
    return said


def talk_to_spheros():
    from spherov2.scanner import find_toys

    for toy in find_toys(adapter=Air):
        with toy:
            yield sphero(toy)


def talk_to_lego():
    from pybricksdev.ble import lwp3
    from pybricksdev.ble.lwp3.bytecodes import HubAction, HubProperty
    from pybricksdev.ble.lwp3.messages import (
        HubActionMessage,
        HubPropertyRequestUpdate,
        HubPropertySet,
        parse_message,
    )

    for told in Air.advertised(Air.number):
        advertised = lwp3.AdvertisementData(bytes.fromhex(told["manufacturers"][str(lwp3.LEGO_CID)]))
        heard = queue.Queue()
        hub = Air(told["address"])
        hub.set_callback(lwp3.LWP3_HUB_CHARACTERISTIC_UUID, lambda _uuid, data, to=heard: to.put(bytes(data)))

        def ask(wanted, hub=hub, heard=heard):
            hub.write(lwp3.LWP3_HUB_CHARACTERISTIC_UUID, bytes(HubPropertyRequestUpdate(wanted)))
            answer = parse_message(heard.get(timeout=10))
            assert answer.prop is wanted
            return answer.value

        said = {
            "kind": advertised.hub_kind.name,
            "name": ask(HubProperty.NAME),
            "firmware": str(ask(HubProperty.FW_VERSION)),
            "battery": ask(HubProperty.BATTERY_VOLTAGE),
        }
        hub.write(lwp3.LWP3_HUB_CHARACTERISTIC_UUID, bytes(HubActionMessage(HubAction.SET_BUSY)))
        hub.write(lwp3.LWP3_HUB_CHARACTERISTIC_UUID, bytes(HubPropertySet(HubProperty.NAME, "Labor 1")))
        said["renamed"] = ask(HubProperty.NAME)
        yield said
        hub.close()


if __name__ == "__main__":
    Air.path, Air.number = sys.argv[2], int(sys.argv[3])
    for found in {"sphero": talk_to_spheros, "lego": talk_to_lego}[sys.argv[1]]():
        print(json.dumps(found), flush=True)
