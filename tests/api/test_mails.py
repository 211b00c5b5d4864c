"""A hub with a mail server: a booking is confirmed with its slip, staff see what failed, and others do not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from medialab_hub.settings import Settings
from medialab_hub.workers import mailer
from tests.api.test_people import adopted
from tests.fixtures.hubs import running_hub, until
from tests.fixtures.mail_server import certificate, mail_server
from tests.fixtures.pdf_reader import words_of


def test_a_booking_is_confirmed_with_its_slip_over_starttls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailer, "PAUSE_S", 0.05)
    monkeypatch.setattr(mailer, "PERIOD_S", 0.1)
    context, trusted = certificate(tmp_path)
    with mail_server(tls_context=context, require_starttls=True) as inbox:
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": inbox.port, "smtp_ca_file": trusted}
        with running_hub(tmp_path / "hub", **smtp, mail_from="verleih@medien.example") as hub:
            hub.set_up()
            with hub.client("staff") as staff, hub.client("trainer") as trainer:
                device = adopted(hub, staff)
                mia = {"family_name": "Meise", "given_name": "Mia", "email": "mia@voliere.example"}
                person = staff.post("/api/v1/people", json=mia).json()["id"]
                start = datetime.now(UTC) + timedelta(hours=5)
                wish = {"lines": [{"device": device}], "person": person, "starts": start.isoformat()}
                inbox.rcpt_answers = ["550 no"]
                body = {**wish, "ends": (start + timedelta(days=2)).isoformat()}
                booking = staff.post("/api/v1/bookings", json=body).raise_for_status().json()["booking"]
                path = {"booking": booking}
                (waiting,) = until(lambda: staff.get("/api/v1/mails", params=path).json()["mails"])
                assert (waiting["occasion"], waiting["state"]) == ("confirmed", "waiting")
                hub.shift(timedelta(minutes=11))
                view = until(lambda: [m for m in staff.get("/api/v1/mails").json()["mails"] if m["state"] == "failed"])
                assert (view[0]["booking"], view[0]["trouble"], view[0]["reply"]) == (booking, "address", 550)
                assert trainer.get("/api/v1/mails").status_code == 403
                staff.post(f"/api/v1/mails/{view[0]['id']}/again").raise_for_status()
                (mail,) = until(lambda: inbox.mails)
                (slip,) = mail.iter_attachments()
                assert booking in words_of(slip.get_content())
                assert inbox.was_encrypted[0] and mail["From"].addresses[0].display_name == "Medienzentrum"
                assert staff.delete(f"/api/v1/mails/{view[0]['id']}").status_code == 409


def test_mails_need_a_sender_and_passwords_stay_at_home() -> None:
    with pytest.raises(ValueError, match="MEDIALAB_MAIL_FROM"):
        Settings.from_env({"MEDIALAB_SMTP_HOST": "smtp.example.org"})
    given = {"MEDIALAB_SMTP_HOST": "smtp.example.org", "MEDIALAB_MAIL_FROM": "a@example.org",
             "MEDIALAB_SMTP_SECURITY": "none"}  # fmt: skip
    assert Settings.from_env({**given, "MEDIALAB_SMTP_PASSWORD_FILE": ""}).smtp_password_file is None
    with pytest.raises(ValueError, match="without encryption"):
        Settings.from_env({**given, "MEDIALAB_SMTP_USER": "hub"})
