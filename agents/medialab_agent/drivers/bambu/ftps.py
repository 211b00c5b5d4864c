"""The printer's files: implicit FTPS, in a thread, with the TLS session of the control connection for each transfer.

https://github.com/Doridian/OpenBambuAPI/blob/main/ftp.md; printers refuse a transfer with a TLS session of its own."""

import asyncio
import ftplib
import hashlib
import posixpath
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from medialab_agent.drivers.bambu.address import Place
from medialab_agent.drivers.bambu.trust import NamedContext
from medialab_agent.drivers.bambu.words import bad_answer, not_let_in, not_the_same
from medialab_agent.sdk.trouble import unreachable

T = TypeVar("T")
ANSWER_S = 8.0
WRITTEN_S = 60.0
"""How long a slow card may need until all that was sent is written."""
BLOCK = 65_536
FULL = ("452", "552")
"""Answers of a server without space (RFC 959, 4.2.1)."""
MOST_ENTRIES = 3000
DEEPEST = 4
_LINE = re.compile(
    r"([-dl])[-rwxsStT]{9}[.+]?\s+\d+\s+\S+\s+\S+\s+(\d{1,15})\s+\w{3}\s+\d{1,2}\s+[\d:]{4,5} (.{1,255})"
)
"""One space ends the date; what follows belongs to the name, which may begin with spaces of its own."""


@dataclass(frozen=True)
class Entry:
    """One file or folder; `size` in bytes."""

    path: str
    is_folder: bool
    size: int


class Implicit(ftplib.FTP_TLS):
    """TLS from the first byte; each transfer resumes the TLS session of the control connection."""

    _wrapped: Any = None

    @property
    def sock(self) -> Any:
        """The control connection."""
        return self._wrapped

    @sock.setter
    def sock(self, value: Any) -> None:
        if value is not None and not isinstance(value, ssl.SSLSocket):
            value = self.context.wrap_socket(value)
        self._wrapped = value

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """See `ftplib`."""
        made, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - within verified TLS
        return self.context.wrap_socket(made, session=self.sock.session), size


class Card:
    """The printer's storage, within one connection; every call blocks."""

    def __init__(self, ftp: Implicit) -> None:
        self._ftp = ftp

    def inside(self, folder: str) -> list[Entry]:
        """What is directly in a folder; nothing when there is no such folder."""
        lines: list[str] = []

        def take(line: str) -> None:
            if len(lines) > MOST_ENTRIES:
                raise bad_answer("too many files")
            lines.append(line)

        try:
            self._ftp.retrlines(f"LIST {folder}", take)
        except ftplib.error_perm as error:
            if str(error).startswith("550"):
                return []
            raise
        found = [_entry(folder, line) for line in lines if not line.startswith("total ")]
        return [entry for entry in found if entry is not None]

    def walk(self, folder: str, depth: int = 0) -> list[Entry]:
        """Everything in a folder, folders before what they hold."""
        found: list[Entry] = []
        for entry in self.inside(folder):
            found.append(entry)
            if entry.is_folder and depth < DEEPEST:
                found += self.walk(entry.path, depth + 1)
            if len(found) > MOST_ENTRIES:
                raise bad_answer("too many files")
        return found

    def find(self, path: str) -> Entry | None:
        """The file or folder of this path, listed afresh."""
        return next((entry for entry in self.inside(posixpath.dirname(path)) if entry.path == path), None)

    def sha256(self, path: str) -> str:
        """Of a file's content, fetched for this."""
        digest = hashlib.sha256()
        self._ftp.retrbinary(f"RETR {path}", digest.update, BLOCK)
        return digest.hexdigest()

    def make_folder(self, path: str) -> None:
        """Make it unless there is one; folders above it have to be there."""
        if self.find(path) is None:
            self._ftp.mkd(path)

    def store(self, path: str, file: IO[bytes], on_sent: Callable[[int], object]) -> bool:
        """Write a file, in place of one of that name; False: the card is full. A cut leaves half of it there.

        TLS is not ended with a farewell: printers do not answer it (bambulabs-api, `ftp_client.py`)."""
        self._ftp.voidcmd("TYPE I")
        try:
            self._send(path, file, on_sent)
        except ftplib.Error as error:
            if str(error).startswith(FULL):
                return False
            raise
        finally:
            with suppress(OSError):  # it may be closed by now
                self._ftp.sock.settimeout(ANSWER_S)
        return True

    def _send(self, path: str, file: IO[bytes], on_sent: Callable[[int], object]) -> None:
        broken: OSError | None = None
        try:
            with self._ftp.transfercmd(f"STOR {path}") as made:
                while block := file.read(BLOCK):
                    made.sendall(block)
                    on_sent(len(block))
        except OSError as error:  # its answer may tell why it hung up
            broken = error
        self._ftp.sock.settimeout(WRITTEN_S)
        self._ftp.voidresp()
        if broken is not None:
            raise broken

    def delete(self, entry: Entry) -> bool:
        """Delete a file, or an empty folder; False: refused."""
        try:
            if entry.is_folder:
                self._ftp.rmd(entry.path)
            else:
                self._ftp.delete(entry.path)
        except ftplib.error_perm:
            return False
        return True


def _entry(folder: str, line: str) -> Entry | None:
    found = _LINE.fullmatch(line.strip("\r\n"))
    if found is None:
        raise bad_answer("list")
    kind, size, name = found.groups()
    if name in {".", ".."}:
        return None
    if "/" in name or any(ord(letter) < 32 for letter in name):
        raise bad_answer("file name")
    return Entry(f"{folder.rstrip('/')}/{name}", kind == "d", int(size))


async def with_card(place: Place, code: str, context: NamedContext, work: Callable[[Card], T]) -> T:
    """Connect, do the work in a thread, and leave. Raises `NeedsPerson`, `Unreachable`."""
    ftp = Implicit(context=context, timeout=ANSWER_S, encoding="utf-8")

    def run() -> T:
        ftp.connect(place.host, place.ftps_port)
        ftp.login("bblp", code)
        ftp.prot_p()
        return work(Card(ftp))

    try:
        return await asyncio.to_thread(run)
    except ftplib.error_perm as error:
        if str(error).startswith("530"):
            raise not_let_in(has_code=True) from error
        raise bad_answer(str(error)[:3]) from error
    except ssl.SSLCertVerificationError as error:
        raise not_the_same() from error
    except (ftplib.Error, EOFError, UnicodeError) as error:
        raise bad_answer(type(error).__name__) from error
    except OSError as error:
        raise unreachable(f"ftps: {type(error).__name__}") from error
    finally:
        if ftp.sock is not None:
            with suppress(OSError):  # ends a thread that still waits when the deadline passed
                socket.socket.shutdown(ftp.sock, socket.SHUT_RDWR)
            ftp.sock.close()
