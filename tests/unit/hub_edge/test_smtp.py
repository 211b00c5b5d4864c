"""Mails on a real mail server: encrypted, refused for now or for good, cut off; and no name becomes a header."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.adapters.letters import NoAddress, address_of, message_of
from medialab_hub.adapters.smtp import MailServer, Postman
from medialab_hub.clock import SystemClock
from medialab_hub.domain.mails import Delivery, Letter, Occasion, Trouble
from tests.fixtures.mail_server import Inbox, certificate, mail_server, sign_in

ZONE = ZoneInfo("Europe/Berlin")
STARTS = datetime(2026, 11, 30, 7, tzinfo=UTC)
SENDER = "verleih@medien.example"


def letter(**given: Any) -> Letter:
    told: dict[str, Any] = {
        "key": "mai-1",
        "occasion": Occasion.OVERDUE,
        "language": "de",
        "zone": ZONE,
        "centre": "Medienzentrum Münster",
        "booking": "bok-1",
        "name": "Mia Kanarienvogel",
        "address": "mia@voliere.example",
        "institution": "Grundschule am Wald",
        "starts": STARTS,
        "ends": STARTS + timedelta(days=4),
        "things": ((3, "Tablet"), (1, "Koffer 7")),
    }
    return Letter(**{**told, **given})


@contextmanager
def post(inbox: Inbox, **given: Any) -> Iterator[Postman]:
    server = {"host": "127.0.0.1", "port": inbox.port, "security": "none", "sender": SENDER, **given}
    yield Postman(MailServer(**server), SystemClock(), lambda _letter: b"%PDF-1.7")


def test_a_mail_says_what_to_do_in_german_and_in_english() -> None:
    with mail_server() as inbox, post(inbox) as postman:
        assert postman.send(letter(link="https://hub.example.org/find/ML-0001")) == Delivery()
        assert postman.send(letter(language="en", occasion=Occasion.DUE)) == Delivery()
    german, english = inbox.mails
    assert inbox.recipients == ["mia@voliere.example"] * 2 and inbox.senders == [SENDER] * 2
    assert german["Subject"] == "Rückgabe war am Freitag, 4. Dezember (Medienzentrum Münster)"
    assert german["From"].addresses[0].display_name == "Medienzentrum Münster"
    assert german["To"] == "Mia Kanarienvogel <mia@voliere.example>"
    assert (german["Auto-Submitted"], german["Message-ID"]) == ("auto-generated", "<mai-1.overdue@medien.example>")
    body = german.get_content()
    for said in ("Guten Tag Mia Kanarienvogel,", "- 3 × Tablet", "- 1 × Koffer 7", "Grundschule am Wald", "ML-0001",
                 "Freitag, 4. Dezember 2026, 08:00 Uhr", "auch wenn etwas kaputt ist"):  # fmt: skip
        assert said in body
    assert english["Subject"] == "To be returned today: Medienzentrum Münster"
    assert "Please return today:" in english.get_content() and "http" not in english.get_content()


@pytest.mark.parametrize("occasion", list(Occasion))
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_occasion_has_whole_sentences(occasion: Occasion, language: str) -> None:
    made = message_of(letter(occasion=occasion, language=language), SENDER, STARTS, lambda _letter: b"")
    assert "{" not in made["Subject"] + made.get_content() and "bok-1" in made.get_content()


def test_a_slip_goes_along(tmp_path: Path) -> None:
    with mail_server() as inbox, post(inbox) as postman:
        assert postman.send(letter(occasion=Occasion.CONFIRMED, slip=object())) == Delivery()
    (mail,) = inbox.mails
    (slip,) = mail.iter_attachments()
    assert isinstance(slip, EmailMessage)
    assert (slip.get_content_type(), slip.get_filename()) == ("application/pdf", "Leihschein-bok-1.pdf")
    assert slip.get_content() == b"%PDF-1.7"


HOSTILE = ["Mia\r\nBcc: all@spam.example", "Mia\nSubject: x\n\nhi", 'Mia" <evil@spam.example>, "', "=?utf-8?q?=0ABcc?=",
           "Mia\u2028Bcc: x@y.z", "M" * 500, "\x00", "", "ö" * 200, "a,b;c:<d@e.f>"]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_header_or_a_recipient(name: str) -> None:
    with mail_server() as inbox, post(inbox) as postman:
        assert postman.send(letter(name=name, institution=name, centre=name, things=((1, name),))) == Delivery()
    (mail,) = inbox.mails
    known = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version",
             "Content-Type", "Content-Transfer-Encoding", "X-Peer", "X-MailFrom", "X-RcptTo"}  # fmt: skip
    assert set(mail.keys()) <= known and inbox.recipients == ["mia@voliere.example"]
    assert [one.addr_spec for one in mail["To"].addresses] == ["mia@voliere.example"]
    assert [one.addr_spec for one in mail["From"].addresses] == [SENDER]


@pytest.mark.parametrize(
    "typed", ["", "mia", "@x.example", "mia@", "a b@x.example", "a@b@x.example\r\nRCPT TO:<z@z>", "mia@-.example.",
              "mia@" + "x" * 70 + ".example", '"a"b@x.example', "mia@x..example"]
)  # fmt: skip
def test_what_is_no_address_is_told_at_once(typed: str) -> None:
    with mail_server() as inbox, post(inbox) as postman:
        inbox.rcpt_answers = ["553 no such address"]
        assert postman.send(letter(address=typed)).trouble is Trouble.ADDRESS
    assert inbox.mails == []


def test_a_domain_with_an_umlaut_travels_in_ascii() -> None:
    assert address_of("mia@müller.example").addr_spec == "mia@xn--mller-kva.example"
    with pytest.raises(NoAddress):
        address_of("mia@x.example, eve@y.example")


@pytest.mark.parametrize(
    ("where", "answer", "expected"),
    [
        ("rcpt_answers", "450 4.2.1 mailbox busy", Delivery(Trouble.BUSY, 450)),
        ("rcpt_answers", "550 5.1.1 no such user", Delivery(Trouble.ADDRESS, 550)),
        ("data_answers", "451 4.7.1 greylisted", Delivery(Trouble.BUSY, 451)),
        ("data_answers", "554 5.7.1 looks like spam", Delivery(Trouble.CONTENT, 554)),
        ("sender_answers", "553 5.7.1 not your address", Delivery(Trouble.SENDER, 553)),
    ],
)
def test_what_the_server_answers_decides(where: str, answer: str, expected: Delivery) -> None:
    with mail_server() as inbox, post(inbox) as postman:
        getattr(inbox, where).append(answer)
        assert postman.send(letter()) == expected
        assert inbox.mails == []
        assert postman.send(letter()) == Delivery()
    assert len(inbox.mails) == 1


def test_a_cut_connection_and_a_silent_server_are_tried_again() -> None:
    with mail_server() as inbox, post(inbox) as postman:
        inbox.cut_before_answer = 1
        assert postman.send(letter()).trouble is Trouble.UNREACHABLE
        assert postman.send(letter()) == Delivery()
    assert postman.send(letter()).trouble is Trouble.UNREACHABLE, "nobody listens there any more"


def test_starttls_is_used_and_nothing_is_said_without_it(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path)
    secret = tmp_path / "password"
    secret.write_text("offen sesam\n")
    safe = {"security": "starttls", "user": "hub", "password_file": secret}
    server = {"tls_context": context, "authenticator": sign_in("hub", "offen sesam"), "auth_required": True}
    with mail_server(**server) as inbox:
        with post(inbox, trusted=trusted, **safe) as postman:
            assert postman.send(letter()) == Delivery()
        assert inbox.was_encrypted == [True]
        with post(inbox, **safe) as distrustful:
            assert distrustful.send(letter()) == Delivery(Trouble.INSECURE)
        secret.write_text("falsch")
        with post(inbox, trusted=trusted, **safe) as stranger:
            assert stranger.send(letter()) == Delivery(Trouble.LOGIN, 535)
        with post(inbox, trusted=trusted, **{**safe, "password_file": tmp_path / "gone"}) as forgetful:
            assert forgetful.send(letter()) == Delivery(Trouble.LOGIN)
    with mail_server() as plain, post(plain, trusted=trusted, **safe) as careful:
        assert careful.send(letter()) == Delivery(Trouble.INSECURE)
        assert plain.mails == []


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path)
    with mail_server(ssl_context=context) as inbox, post(inbox, security="tls", trusted=trusted) as postman:
        assert postman.send(letter()) == Delivery()
    with mail_server() as plain, post(plain, security="tls", trusted=trusted) as careful:
        assert careful.send(letter()) == Delivery(Trouble.INSECURE)


def test_a_slip_that_cannot_be_printed_is_this_letters_trouble_only(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_letter: Letter) -> bytes:
        raise RuntimeError("Mia Kanarienvogel cannot be drawn")

    with mail_server() as inbox:
        server = MailServer(host="127.0.0.1", port=inbox.port, security="none", sender=SENDER)
        told = Postman(server, SystemClock(), broken).send(letter(occasion=Occasion.CONFIRMED, slip=object()))
    assert told == Delivery(Trouble.CONTENT) and inbox.mails == []
    assert "RuntimeError" in caplog.text and "Kanarienvogel" not in caplog.text
