"""The device's protocol: one line out, one line back."""

import asyncio
import contextlib

from medialab_agent.sdk.trouble import DeviceTrouble, Refused, unreachable
from medialab_wire.texts import Text

CONNECT_S = 3.0
"""Seconds to open the connection; every command has the deadline of whoever asks."""


def garbled(answer: str) -> DeviceTrouble:
    """It answered something the protocol does not know."""
    return DeviceTrouble(
        "bad-answer",
        Text(de="Das Gerät antwortet Unverständliches.", en="The device answers something unintelligible."),
        Text(de="Das Gerät aus- und einschalten.", en="Switch the device off and on."),
        repr(answer)[:80],
    )


async def ask(address: str, port: int, command: str) -> str:
    """The rest of the line after `OK `. Raises `Unreachable`, `Refused` or `DeviceTrouble`."""
    try:
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(address, port)
    except (OSError, TimeoutError) as error:
        raise unreachable(type(error).__name__) from error
    try:
        writer.write(f"{command}\n".encode())
        await writer.drain()
        answer = (await reader.readline()).decode("utf-8", "replace").rstrip("\n")
    except (OSError, ValueError) as error:
        raise unreachable(type(error).__name__) from error
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return _read(answer)


def _read(answer: str) -> str:
    word, _, rest = answer.partition(" ")
    if word == "OK":
        return rest
    if not answer:
        raise unreachable("hung up")
    if word == "LOCKED":
        raise Refused(
            "device-locked",
            Text(de="Das Gerät ist gesperrt.", en="The device is locked."),
            Text(de="Die Sperre am Gerät aufheben.", en="Unlock it at the device."),
        )
    if word == "NO":
        raise Refused("device-refused", Text(de="Das Gerät lehnt das ab.", en="The device refuses this."), detail=rest)
    raise garbled(answer)
