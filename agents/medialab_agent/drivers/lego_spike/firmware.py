"""Installing LEGO's firmware on a hub: resumable, for the hub knows how much it has of a file with this checksum."""

import asyncio
import hashlib

from medialab_agent.drivers.lego_spike import messages as m
from medialab_agent.drivers.lego_spike.cobs import BadFrame
from medialab_agent.drivers.lego_spike.hub import Hub
from medialab_agent.drivers.lego_spike.messages import Id
from medialab_agent.sdk.evidence import quoted
from medialab_agent.sdk.firmware import Firmware, Found, Image, library
from medialab_agent.sdk.firmware_history import going_back
from medialab_agent.sdk.gatt import garbled, refused
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

ACTION = "firmware"
DEVICE_CLASS = "lego-spike-prime"
"""Word of the catalogue."""
CHIP = "STM32F413"
"""The hub's processor (pybricks/technical-info)."""
RESTART_S = 300.0
"""Seconds a hub may take to install its firmware and to be there again."""
LOOK_EVERY_S = 2.0
"""Seconds between two attempts to reach a hub that restarts."""
TITLE = Text(de="Firmware wie hinterlegt", en="Firmware as stored in the library")


async def plan(order: Order) -> tuple[Step, ...]:
    """Upload, then install; both may be repeated. Raises `Refused` when no firmware is stored for these hubs."""
    firmware = await _firmware(order)
    upload = Step(
        "upload-firmware",
        Text(de="Firmware übertragen", en="Transfer the firmware"),
        deadline_s=firmware.script.deadline_s,
    )
    install = Step(
        "install",
        Text(de="Firmware einspielen (der Hub startet neu)", en="Install the firmware (the hub restarts)"),
        deadline_s=RESTART_S,
    )
    return (upload, install)


async def do(hub: Hub, order: Order, step: Step, say: Say) -> Done:
    """One of the two steps; an interrupted upload goes on where it was."""
    firmware = await _firmware(order)
    if hub.info.firmware == firmware.script.version:
        return Done(changed=False)
    words = going_back(None, firmware.script, order.params, carried=hub.info.firmware)
    firmware.admit(Found(DEVICE_CLASS, CHIP, battery_percent=(await hub.state()).battery))
    image = await asyncio.to_thread(firmware.open)
    sha1, checksum = _marks(image)
    if step.id == "upload-firmware":
        there = await _start(hub, sha1, checksum, len(image.data))
        await hub.transfer(image.data, there, say)
        return Done(detail=words)
    answer = await hub.ask(m.begin_firmware(sha1, checksum), Id.BEGIN_FIRMWARE_IS, 30)
    if answer[1:2] != bytes([m.ACKNOWLEDGED]):
        raise refused("BeginFirmwareUpdate")
    return Done()


async def verify(hub: Hub, order: Order) -> tuple[Check, ...]:
    """The version the hub tells on a new connection."""
    wanted = (await _firmware(order)).script.version
    result = CheckResult.PASSED if hub.info.firmware == wanted else CheckResult.FAILED
    told = quoted(hub.info.firmware)
    return (Check(id="firmware", title=TITLE, result=result, expected=quoted(wanted), observed=told),)


async def _firmware(order: Order) -> Firmware:
    shelf = await asyncio.to_thread(library)
    script = order.params.get("script")
    return shelf.get(str(script), DEVICE_CLASS) if script else shelf.default(DEVICE_CLASS)


async def _start(hub: Hub, sha1: bytes, checksum: int, size: int) -> int:
    answer = await hub.ask(m.start_firmware(sha1, checksum), Id.START_FIRMWARE_IS)
    try:
        if not m.is_acknowledged(answer):
            raise refused("StartFirmwareUpload")
        there = m.already_uploaded(answer)
    except BadFrame as error:
        raise garbled(str(error)) from error
    if there > size:
        raise garbled("more bytes than there are")
    return there


def _marks(image: Image) -> tuple[bytes, int]:
    """What LEGO's protocol knows a file by: 20 bytes of SHA-1, as a mark and for no secrecy, and a CRC-32."""
    return hashlib.sha1(image.data, usedforsecurity=False).digest(), m.checksum(image.data)
