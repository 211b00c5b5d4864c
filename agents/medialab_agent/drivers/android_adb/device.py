"""One device behind the adb server: found again before each use, asked in one round trip, guarded against mix-ups."""

import asyncio
import os
import re
import shlex
from collections.abc import Mapping

from medialab_agent.drivers.android_adb.client import AdbClient, AdbDevice, Answer, gone
from medialab_agent.drivers.android_adb.sections import Bundle, Section
from medialab_agent.sdk.trouble import DeviceTrouble, Unreachable, unreachable
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

READ_S = 9.0
"""Seconds a reading for a report may take; slow tablets need about two."""
THOROUGH_S = 45.0
"""Seconds a reading may take that a reset depends on."""
DOUBT_S = 20.0
"""Seconds a change may take until the device is asked for a sign of life."""
SIGN_S = 5.0
"""Seconds a sign of life may take."""
_WRONG_DEVICE = 98
_GARBAGE = re.compile(
    r"^(\?+|0+|0?123456789abcdef|01234567.*|\(no serial number\)|unknown|none|n/?a|.{0,3})$", re.IGNORECASE
)
_SERIAL = re.compile(r"^[A-Za-z0-9._:\[\]-]{4,64}$")
_PORT = re.compile(r"(\d+-[\d.]+)$")
_ADDRESS = re.compile(r"^.+:\d+$")


def is_unique(serial: str) -> bool:
    """Whether a serial can tell devices apart: not a maker's placeholder, no rubbish."""
    return bool(_SERIAL.match(serial)) and not _GARBAGE.match(serial)


def is_address(serial: str) -> bool:
    """Whether adb's serial is a network address."""
    return bool(_ADDRESS.match(serial))


def key_of(sighting: Sighting) -> str | None:
    """The serial, or `port-…` where the serial tells nothing or two devices share it."""
    facts = sighting.facts
    serial = facts.get("serial", "")
    if is_unique(serial) and facts.get("duplicate") != "yes":
        return serial
    places = (facts.get("usb", "").removeprefix("usb:"), facts.get("devpath", "").rpartition("/")[2])
    found = next((match for place in places if (match := _PORT.search(place))), None)
    return f"port-{found[1]}" if found else None


class AdbHandle:
    """Finds and asks one device. `serialno` is what the device itself called its serial, once known."""

    def __init__(self, client: AdbClient, key: str) -> None:
        self._client, self._key = client, key
        self.serialno = ""

    async def find(self) -> AdbDevice | None:
        """The server's line for this device now; None when it lists none or several of that serial."""
        devices = await self._client.devices()
        if self._key.startswith("port-"):
            found = [device for device in devices if device.place == "usb:" + self._key.removeprefix("port-")]
        else:
            found = [device for device in devices if device.serial == self._key]
        return found[0] if len(found) == 1 else None

    async def ready(self) -> AdbDevice:
        """The device when it takes commands. Raises `Unreachable`."""
        device = await self.find()
        if device is None or device.state != "device":
            raise unreachable(device.state if device else "not listed")
        return device

    async def read(self, commands: Mapping[str, str], limit_s: float = READ_S) -> dict[str, Section]:
        """Run reading commands in one round trip. Raises `Unreachable`, also when the answer is garbled.

        The answer is thrown away when the device changed its connection meanwhile: it may be another's."""
        bundle = Bundle.of(commands)
        before = await self.ready()
        answer = await self._shell(before.transport_id, bundle.script, limit_s)
        after = await self.find()
        if after is None or after.transport_id != before.transport_id:
            raise gone("connection changed")
        sections = bundle.cut(answer.text)
        if not sections:
            raise garbled()
        return sections

    async def change(self, commands: Mapping[str, str], limit_s: float = 60.0) -> dict[str, Section]:
        """Run changing commands, after the device itself confirmed its serial.

        Raises `Unreachable` as soon as the device answers nothing at all; a `DeviceTrouble` that is not
        `Unreachable` when it leaves only these commands unanswered."""
        bundle = Bundle.of(commands)
        device = await self.ready()
        answer = await self._patiently(device.transport_id, self._guarded(bundle.script), limit_s)
        sections = bundle.cut(answer.text)
        if answer.code == _WRONG_DEVICE and not sections:
            raise gone("another device answered")
        if set(sections) != set(commands):
            raise garbled()
        return sections

    def _guarded(self, script: str) -> str:
        if not self.serialno:
            return script
        return f'[ "$(getprop ro.serialno)" = {shlex.quote(self.serialno)} ] || exit {_WRONG_DEVICE}\n{script}'

    async def _patiently(self, transport_id: str, script: str, limit_s: float) -> Answer:
        work = asyncio.create_task(self._client.shell(transport_id, script))
        waited = 0.0
        try:
            while waited < limit_s:
                pause = min(DOUBT_S, limit_s - waited)
                if (await asyncio.wait({work}, timeout=pause))[0]:
                    return work.result()
                waited += pause
                await self._shell(transport_id, "echo", SIGN_S)
            raise unanswered(f"no answer within {limit_s:.0f} s")
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _shell(self, transport_id: str, script: str, limit_s: float) -> Answer:
        try:
            async with asyncio.timeout(limit_s):
                return await self._client.shell(transport_id, script)
        except TimeoutError as error:
            raise unreachable(f"no answer within {limit_s:.0f} s") from error


def garbled() -> DeviceTrouble:
    """The device answers, but nonsense."""
    return Unreachable(
        "garbled-answer",
        Text(de="Das Gerät antwortet unverständlich.", en="The device answers nonsense."),
        Text(de="Gerät neu starten.", en="Restart the device."),
    )


def unanswered(detail: str) -> DeviceTrouble:
    """The device answers, but not to this."""
    return DeviceTrouble(
        "command-unanswered",
        Text(
            de="Das Gerät ist erreichbar, führt diesen Befehl aber nicht aus.",
            en="The device can be reached, but does not carry out this command.",
        ),
        Text(
            de="Gerät neu starten (Einschalttaste lange drücken), dann noch einmal zurücksetzen.",
            en="Restart the device (hold the power button), then reset it again.",
        ),
        detail,
    )


def chunks(words: list[str], limit: int = 24_000) -> list[list[str]]:
    """Cut shell words into groups of at most `limit` bytes: a script is at most 64 KiB on the wire."""
    groups: list[list[str]] = []
    size = limit
    for word in words:
        cost = len(os.fsencode(word)) * 2 + 3
        if size + cost > limit:
            groups.append([])
            size = 0
        groups[-1].append(word)
        size += cost
    return groups
