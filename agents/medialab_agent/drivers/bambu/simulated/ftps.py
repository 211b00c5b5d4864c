"""A small implicit FTPS server (RFC 959, 4217): passive transfers only, each on the TLS session of its control line."""

import asyncio
import posixpath
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

WAIT_S = 10.0
BLOCK = 65_536


@dataclass
class Storage:
    """Paths and contents; None: a folder. `on_delete` may refuse (False) or pretend (None), `on_store` pretend too."""

    files: dict[str, bytes | None] = field(default_factory=dict)
    on_delete: Callable[[str], bool | None] = lambda _path: True
    on_store: Callable[[str], bool] = lambda _path: True
    free: int = 12_000_000_000
    refusal: int = 0
    """What it answers at once to a file that is to be written, such as 452; 0: it takes it."""
    write_s: float = 0.0
    """How long it takes to write `BLOCK` bytes."""

    def inside(self, folder: str) -> dict[str, bytes | None]:
        """What is directly in a folder."""
        return {p: c for p, c in self.files.items() if posixpath.dirname(p) == (folder.rstrip("/") or "/")}

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder."""
        return path == "/" or (path in self.files and self.files[path] is None)


@dataclass
class Manners:
    """How the server behaves. `code`: the password; `hangs`: changes get no answer; `garbage`: lists are rubbish."""

    code: Callable[[], str]
    hangs: Callable[[], bool] = lambda: False
    garbage: Callable[[], bool] = lambda: False


class FtpsServer:
    """Listens on one address."""

    def __init__(self, storage: Storage, manners: Manners) -> None:
        self.storage, self.manners = storage, manners
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self, address: str, port: int, certificate: str, key: str) -> None:
        """Listen."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.maximum_version = ssl.TLSVersion.TLSv1_2  # resuming a session is what the clients do there
        self._server = await asyncio.start_server(
            lambda r, w: self._talk(Talk(self, context, address, r, w)), address, port, ssl=context
        )

    async def stop(self) -> None:
        """Stop listening and drop everybody."""
        if self._server is not None:
            self._server.close()
            self._server = None
        others = self._talks - {asyncio.current_task()}
        for talk in others:
            talk.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _talk(self, talk: "Talk") -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await talk.run()
        except (OSError, TimeoutError, asyncio.CancelledError, ValueError):
            pass
        finally:
            self._talks.discard(task)
            talk.hang_up()


class Talk:
    """One control connection."""

    def __init__(
        self,
        server: FtpsServer,
        context: ssl.SSLContext,
        address: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._server, self._context, self._address = server, context, address
        self._reader, self._writer = reader, writer
        self._folder, self._is_in = "/", False
        self._door: asyncio.Server | None = None
        self._came: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] | None = None

    async def run(self) -> None:
        """Answer until they leave."""
        await self._say(220, "Welcome")
        while line := await self._reader.readline():
            verb, _, words = line.decode("utf-8", errors="replace").rstrip("\r\n").partition(" ")
            verb = verb.upper()
            if verb == "QUIT":
                await self._say(221, "Bye")
                return
            if not self._is_in and verb not in {"USER", "PASS", "PBSZ", "PROT"}:
                await self._say(530, "Please login")
                continue
            act = getattr(self, f"_on_{verb.lower()}", None)
            await (act(words) if act is not None else self._say(502, "Not here"))

    def hang_up(self) -> None:
        """Drop both connections."""
        if self._door is not None:
            self._door.close()
        self._writer.transport.abort()

    async def _say(self, code: int, words: str) -> None:
        self._writer.write(f"{code} {words}\r\n".encode())
        await self._writer.drain()

    def _path(self, words: str) -> str:
        return posixpath.normpath(posixpath.join(self._folder, words or "."))

    async def _on_user(self, _words: str) -> None:
        await self._say(331, "Password")

    async def _on_pass(self, words: str) -> None:
        self._is_in = words == self._server.manners.code()
        await (self._say(230, "Hello") if self._is_in else self._say(530, "Login incorrect"))

    async def _on_pbsz(self, _words: str) -> None:
        await self._say(200, "PBSZ=0")

    async def _on_prot(self, _words: str) -> None:
        await self._say(200, "Private")

    async def _on_type(self, _words: str) -> None:
        await self._say(200, "Binary")

    async def _on_pwd(self, _words: str) -> None:
        await self._say(257, f'"{self._folder}"')

    async def _on_cwd(self, words: str) -> None:
        path = self._path(words)
        if not self._server.storage.is_folder(path):
            await self._say(550, "No such folder")
            return
        self._folder = path
        await self._say(250, "Changed")

    async def _on_pasv(self, _words: str) -> None:
        if self._door is not None:
            self._door.close()
        self._came = asyncio.get_running_loop().create_future()
        came = self._came

        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if not came.done():
                came.set_result((reader, writer))

        self._door = await asyncio.start_server(greet, self._address, 0, ssl=self._context)
        port = self._door.sockets[0].getsockname()[1]
        await self._say(227, f"Passive ({self._address.replace('.', ',')},{port // 256},{port % 256})")

    async def _transfer(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        if self._came is None:
            await self._say(425, "Use PASV first")
            return None
        await self._say(150, "Here it comes")
        async with asyncio.timeout(WAIT_S):
            reader, writer = await self._came
        self._came = None
        if not writer.get_extra_info("ssl_object").session_reused:
            writer.transport.abort()
            await self._say(522, "SSL connection failed: session reuse required")
            return None
        return reader, writer

    async def _on_list(self, words: str) -> None:
        await self._send_list(words, lambda name, content: (
            f"{'drwxr-xr-x' if content is None else '-rw-r--r--'} 1 root root {len(content or b'')} Nov 23 10:00 {name}"
        ))  # fmt: skip

    async def _on_nlst(self, words: str) -> None:
        await self._send_list(words, lambda name, _content: name)

    async def _send_list(self, words: str, show: Callable[[str, bytes | None], str]) -> None:
        storage, path = self._server.storage, self._path(words)
        if not storage.is_folder(path):
            await self._say(550, "No such folder")
            return
        found = [show(posixpath.basename(p), content) for p, content in storage.inside(path).items()]
        if self._server.manners.garbage():
            found = ["\x01\x02 ???", "<html>"]
        if (line := await self._transfer()) is not None:
            await self._send(line[1], "".join(f"{entry}\r\n" for entry in found).encode())

    async def _send(self, writer: asyncio.StreamWriter, content: bytes) -> None:
        writer.write(content)
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()
        await self._say(226, "Done")

    async def _on_stor(self, words: str) -> None:
        storage, path = self._server.storage, self._path(words)
        if not storage.is_folder(posixpath.dirname(path)) or storage.is_folder(path):
            await self._say(553, "Could not create file")
            return
        if storage.refusal:
            await self._say(storage.refusal, "No space left")
            return
        if (line := await self._transfer()) is None:
            return
        is_full = await self._write(path, line[0])
        line[1].transport.abort()
        await (self._say(552, "No space left") if is_full else self._say(226, "Done"))

    async def _write(self, path: str, reader: asyncio.StreamReader) -> bool:
        """Write what comes under its final name, as it comes; whether the card was full before the end."""
        storage, content = self._server.storage, b""
        if not storage.on_store(path):
            await reader.read()
            return False
        storage.files[path] = content
        with suppress(ssl.SSLError):  # a client that leaves without a farewell
            while block := await reader.read(BLOCK):
                if len(content) + len(block) > storage.free:
                    return True
                content += block
                storage.files[path] = content
                await asyncio.sleep(storage.write_s)
        return False

    async def _on_retr(self, words: str) -> None:
        content = self._server.storage.files.get(self._path(words))
        if content is None:
            await self._say(550, "Failed to open file")
        elif (line := await self._transfer()) is not None:
            await self._send(line[1], content)

    async def _on_size(self, words: str) -> None:
        content = self._server.storage.files.get(self._path(words))
        await (self._say(550, "No such file") if content is None else self._say(213, str(len(content))))

    async def _on_mkd(self, words: str) -> None:
        storage, path = self._server.storage, self._path(words)
        if path in storage.files or not storage.is_folder(posixpath.dirname(path)):
            await self._say(550, "Not made")
            return
        storage.files[path] = None
        await self._say(257, "Made")

    async def _on_dele(self, words: str) -> None:
        await self._remove(words, folder=False)

    async def _on_rmd(self, words: str) -> None:
        await self._remove(words, folder=True)

    async def _remove(self, words: str, *, folder: bool) -> None:
        storage, path = self._server.storage, self._path(words)
        if self._server.manners.hangs():
            await asyncio.Event().wait()
        there = path in storage.files and storage.is_folder(path) == folder and not (folder and storage.inside(path))
        answer = storage.on_delete(path) if there else False
        if answer is False:
            await self._say(550, "Not deleted")
            return
        if answer:
            storage.files.pop(path, None)
        await self._say(250, "Deleted")
