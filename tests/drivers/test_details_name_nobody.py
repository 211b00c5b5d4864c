"""What goes wrong with a file of a learner is told without its name: a detail travels to the hub and into logs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from medialab_agent.drivers.moonraker import client as moonraker
from medialab_agent.drivers.moonraker.models import ServerInfo
from medialab_agent.drivers.octoprint import client as octoprint
from medialab_agent.drivers.octoprint.models import Version
from medialab_agent.drivers.prusalink import client as prusalink
from medialab_agent.drivers.prusalink.models import Info
from medialab_agent.sdk.trouble import DeviceTrouble

NAME = "Lena_M"
PATHS = [
    (octoprint.Client, Version, octoprint.file_path("local", f"{NAME}/{NAME}.gcode")),
    (octoprint.Client, Version, f"/api/timelapse/{NAME}.mp4"),
    (octoprint.Client, Version, f"/api/timelapse/unrendered/{NAME}"),
    (moonraker.Client, ServerInfo, f"/server/files/gcodes/{NAME}.gcode"),
    (moonraker.Client, ServerInfo, f"/server/files/directory?path=gcodes/{NAME}"),
    (prusalink.Client, Info, prusalink.file_path("usb", f"{NAME}.gcode")),
]
REFUSED = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
RUBBISH = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{"
CUT = b""


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """The address of a web server that answers everything like this and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(("kind", "model", "path"), PATHS)
@pytest.mark.parametrize("answer", [REFUSED, RUBBISH, CUT], ids=["refused", "rubbish", "cut"])
async def test_a_detail_holds_no_name_of_a_file(kind: Any, model: Any, path: str, answer: bytes) -> None:
    async with answering(answer) as base:
        client = kind(base)
        with pytest.raises(DeviceTrouble) as trouble:
            if answer is RUBBISH:
                await client.read(model, path)
            else:
                await client.call("DELETE", path)
        await client.close()
    assert trouble.value.trouble.detail and NAME not in trouble.value.trouble.detail
