"""Hands e-mails to a mail server (RFC 5321, RFC 3207), and tells apart what to try again and what not."""

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medialab_hub.adapters.letters import NoAddress, Slip, address_of, message_of
from medialab_hub.adapters.loan_slip import LoanSlipPrinter
from medialab_hub.clock import Clock
from medialab_hub.domain.loan_slips import SlipPaper
from medialab_hub.domain.mails import Delivery, Letter, Trouble
from medialab_hub.settings import Settings

log = logging.getLogger(__name__)

PATIENCE_S = 30.0
"""For each answer of the server."""
_PERMANENT = 500
"""Codes from here on mean: do not try the same again (RFC 5321 section 4.2.1)."""


@dataclass(frozen=True)
class MailServer:
    """Where mails go; `user` empty: without signing in. `trusted`: a file of certificates, else those of the system."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    user: str = ""
    password_file: Path | None = None
    trusted: Path | None = None


def postman(settings: Settings, clock: Clock) -> "Postman":
    """Who carries mails to the server of the settings, with loan slips as they are printed."""
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.mail_from,
        user=settings.smtp_user,
        password_file=settings.smtp_password_file,
        trusted=settings.smtp_ca_file,
    )
    printer = LoanSlipPrinter()

    def slip(letter: Letter) -> bytes:
        assert letter.slip is not None
        return printer.make(letter.slip, SlipPaper.LOAN, letter.language, letter.zone)

    return Postman(server, clock, slip)


class _ServerTrouble(Exception):
    """No mail would get through."""

    def __init__(self, trouble: Trouble, reply: int | None = None) -> None:
        super().__init__(trouble.value)
        self.trouble, self.reply = trouble, reply


class Postman:
    """One connection for each mail: there are few, and none is lost with another one's connection."""

    def __init__(self, server: MailServer, clock: Clock, slip: Slip) -> None:
        self._server, self._clock, self._slip = server, clock, slip

    def send(self, letter: Letter) -> Delivery:
        """Send it, and say how that went. Takes up to minutes; call it in a thread. Nothing of it goes to the log."""
        try:
            message = message_of(letter, self._server.sender, self._clock.now(), self._slip)
            recipient = address_of(letter.address).addr_spec
        except NoAddress:
            return Delivery(Trouble.ADDRESS)
        except (ValueError, LookupError, TypeError, RuntimeError) as error:
            # One letter that cannot be written must not keep the others waiting; what it says is nobody's business.
            log.error("a mail could not be written: %s", type(error).__name__)
            return Delivery(Trouble.CONTENT)
        try:
            with self._connected() as line:
                return _handed_over(line, lambda: line.send_message(message, self._server.sender, [recipient]))
        except _ServerTrouble as error:
            return Delivery(error.trouble, error.reply)
        except (smtplib.SMTPException, OSError):
            return Delivery(Trouble.UNREACHABLE)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        line = self._opened()
        try:
            self._secure(line)
            self._sign_in(line)
            yield line
        finally:
            line.close()

    def _opened(self) -> smtplib.SMTP:
        server = self._server
        try:
            if server.security == "tls":
                return smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE_S, context=self._context())
            return smtplib.SMTP(server.host, server.port, timeout=PATIENCE_S)
        except ssl.SSLError as error:
            raise _ServerTrouble(Trouble.INSECURE) from error
        except smtplib.SMTPResponseException as error:
            raise _ServerTrouble(Trouble.UNREACHABLE, error.smtp_code) from error

    def _secure(self, line: smtplib.SMTP) -> None:
        """Raises rather than send a name or a password in the clear."""
        if self._server.security != "starttls":
            return
        try:
            code, _ = line.starttls(context=self._context())
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            raise _ServerTrouble(Trouble.INSECURE) from error
        if code != 220:
            raise _ServerTrouble(Trouble.INSECURE, code)

    def _sign_in(self, line: smtplib.SMTP) -> None:
        server = self._server
        if not server.user:
            return
        try:
            password = "" if server.password_file is None else server.password_file.read_text("utf-8").strip()
            line.login(server.user, password)
        except smtplib.SMTPResponseException as error:
            raise _ServerTrouble(Trouble.LOGIN, error.smtp_code) from error
        except (smtplib.SMTPNotSupportedError, smtplib.SMTPServerDisconnected, OSError, ValueError) as error:
            raise _ServerTrouble(Trouble.LOGIN) from error

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.trusted)


def _handed_over(line: smtplib.SMTP, send: Callable[[], object]) -> Delivery:
    """What the server has said yes to is sent, whatever happens to the connection then."""
    try:
        send()
    except smtplib.SMTPSenderRefused as error:
        return Delivery(Trouble.SENDER, error.smtp_code)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _text),) = error.recipients.values()
        return _judged(code, Trouble.ADDRESS)
    except smtplib.SMTPDataError as error:
        return _judged(error.smtp_code, Trouble.CONTENT)
    except smtplib.SMTPNotSupportedError:  # an address with umlauts before the @, and a server that knows only ASCII
        return Delivery(Trouble.ADDRESS)
    try:
        line.quit()
    except (smtplib.SMTPException, OSError):
        log.debug("the mail server did not say goodbye")
    return Delivery()


def _judged(code: int, final: Trouble) -> Delivery:
    return Delivery(final if code >= _PERMANENT else Trouble.BUSY, code)
