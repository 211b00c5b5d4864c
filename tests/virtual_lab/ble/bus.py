"""The guest's system bus as a socket on the host, so that programs here reach its bluetoothd."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.virtual_lab.vm import Vm

BUS = "/run/dbus/system_bus_socket"


@asynccontextmanager
async def system_bus(vm: Vm, socket: Path) -> AsyncIterator[str]:
    """The address for `DBUS_SYSTEM_BUS_ADDRESS`. File descriptors do not cross it."""
    copying: set[asyncio.Task[None]] = set()

    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = await asyncio.to_thread(vm.ask, {"do": "unix", "path": BUS, "user": "root"})
        there, back = await asyncio.open_connection(sock=connection)
        for source, target in ((reader, back), (there, writer)):
            task = asyncio.create_task(_copy(source, target))
            copying.add(task)
            task.add_done_callback(copying.discard)

    server = await asyncio.start_unix_server(joined, str(socket))
    try:
        yield f"unix:path={socket}"
    finally:
        server.close()
        for task in list(copying):
            task.cancel()
        await asyncio.gather(*copying, return_exceptions=True)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except ConnectionError:
        pass
    finally:
        target.close()
