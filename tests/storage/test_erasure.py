"""What people typed, and their accounts, can be erased, and nothing looks forged afterwards."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from medialab_hub.api import stream
from medialab_hub.domain.records import record_hash
from medialab_hub.domain.roles import Role
from medialab_hub.errors import Conflict, NotFound
from medialab_hub.services import accounts, agents, allocations, endings, erasure, inventory, jobs, resetting, views
from medialab_hub.services.executions import take_execution_report
from medialab_hub.storage import accounts as account_rows
from medialab_hub.storage import devices, journal
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Batch, Device, Job, JobAnswer, JournalRow
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.capabilities import EvidenceKind
from medialab_wire.progress import CheckResult
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore

REASON, NOTE, WHY, END = (f"Mia {did} it. " * 12 for did in ("looked at", "spat on", "broke", "kept"))
TAG, ADDRESS = "MIA-1", "mias-pc"


def person(core: HubCore, name: str, role: Role = Role.STAFF) -> str:
    return core.do(accounts.add_user, accounts.Person(name, role, f"hash of {name}"), "setup").id


def version_of(core: HubCore, device: str) -> int:
    version: int = core.read(views.device_detail, device, core.clock.now())["version"]
    return version


def accepted(core: HubCore, device: str, actor: str) -> str:
    """A reset with a note to a step, ended unverified and accepted with a reason."""
    job = core.do(resetting.reset, device, "deep", 0, actor)
    core.do(take_execution_report, "pi", say.waiting(job, "t1", 1))
    core.do(jobs.answer, job, jobs.Reply("bed", True, NOTE), actor)
    ticked = say.passed("bed", kind=EvidenceKind.PERSON, by=actor)
    checks = (say.passed("files", result=CheckResult.UNKNOWN), ticked)
    core.do(take_execution_report, "pi", say.ended(job, "t1", 3, checks=checks))
    core.do(jobs.accept, job, REASON, actor)
    return job


def lived(core: HubCore, actor: str) -> tuple[str, str]:
    """A device about which people typed whatever they could; returns it and its accepted job."""
    device = core.prepare("t1")
    job = accepted(core, device, actor)
    core.do(inventory.change, device, version_of(core, device), actor, asset_tag=TAG)
    core.do(inventory.adopt, [inventory.AdoptWish(device)], False, actor)
    core.do(agents.add_address, f"octoprint://{ADDRESS}:5000", actor)
    core.do(agents.remove_address, f"octoprint://{ADDRESS}:5000", actor)
    repair = core.do(allocations.start_maintenance, device, WHY, actor)
    core.do(allocations.end_allocation, device, repair, actor)
    core.do(inventory.retire, device, version_of(core, device), END, actor)
    return device, job


def written(session: Session) -> str:
    """Every line of the journal."""
    return json.dumps([row.model_dump(mode="json") for row in session.exec(select(JournalRow))])


def sealed(session: Session, job: str) -> tuple[str, str]:
    """The checksum of a record as it is stored, and as anybody computes it from the journal before it."""
    row = session.get(Job, job)
    assert row is not None
    lines = session.exec(select(JournalRow).where(JournalRow.subject == job)).all()
    line = next(line for line in lines if line.data.get("record") == row.record_hash)
    before = session.get(JournalRow, line.seq - 1)
    return row.record_hash, record_hash(before.hash if before else "", endings.record_of(row))


def typed(session: Session, device: str, job: str) -> dict[str, Any]:
    row = session.get(Job, job)
    notes = session.exec(select(JobAnswer.note).where(JobAnswer.job_id == job)).all()
    return {"reason": row.accepted_reason if row else None, "notes": list(notes)}


def test_the_journal_holds_nothing_that_somebody_typed(core: HubCore) -> None:
    device, job = lived(core, person(core, "Grace H."))
    lines = core.read(written)
    assert device in lines and job in lines
    assert not [name for name in ("Mia", TAG, ADDRESS, "Grace") if name in lines]


def test_a_note_stays_at_the_hub_and_outside_the_record(core: HubCore) -> None:
    device, grace = core.prepare("t1"), person(core, "Grace H.")
    job = core.do(resetting.reset, device, "deep", 0, grace)
    core.do(take_execution_report, "pi", say.waiting(job, "t1", 1))
    core.do(jobs.answer, job, jobs.Reply("bed", True, NOTE), grace)
    assert "Mia" not in core.work().model_dump_json(), "the agent would hand it back as part of the record"
    (note,) = core.read(views.job_detail, job)["notes"]
    assert (note["text"], note["by_name"]["de"]) == (NOTE, "Grace H.")


def test_an_erased_text_is_gone_and_chain_and_record_hold(core: HubCore) -> None:
    grace = person(core, "Grace H.")
    device, job = lived(core, grace)
    before = core.read(typed, device, job)
    assert before == {"reason": REASON, "notes": [NOTE]}
    assert core.do(erasure.erase_texts, device, "command-line") == 4
    assert core.read(typed, device, job) == {"reason": "", "notes": [""]}
    assert core.read(journal.first_broken) is None
    stored, computed = core.read(sealed, job)
    assert stored == computed
    with pytest.raises(NotFound):
        core.do(erasure.erase_texts, device, "command-line")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_erased_text_is_nowhere_in_the_database_file_and_the_chain_is_whole(core: HubCore) -> None:
    file = Path(str(core.database.reader.url.database))
    device, _ = lived(core, person(core, "Grace H."))
    core.do(erasure.erase_texts, device, "command-line")
    assert core.read(journal.first_broken) is None
    core.writer.close()
    core.database.reader.dispose()
    core.database.writer.dispose()
    found = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    assert device.encode() in found, "the test would not find anything"
    assert b"Mia" not in found


def test_what_a_person_wrote_can_be_erased_after_the_account_is_deleted(core: HubCore) -> None:
    person(core, "Root", Role.ADMIN)
    grace = person(core, "Grace H.")
    device, job = lived(core, grace)
    core.do(accounts.delete_user, grace, "setup")
    assert core.do(erasure.erase_texts, grace, "command-line") == 4
    assert core.read(typed, device, job) == {"reason": "", "notes": [""]}


def test_what_was_typed_about_a_merged_device_goes_with_the_one_it_went_into(core: HubCore) -> None:
    grace = person(core, "Grace H.")
    first, second, third = (core.prepare(dev) for dev in ("t1", "t2", "t3"))
    job = accepted(core, first, grace)
    repair = core.do(allocations.start_maintenance, first, WHY, grace)
    core.do(allocations.end_allocation, first, repair, grace)
    core.do(inventory.merge, second, first, grace)
    core.do(inventory.merge, third, second, grace)
    assert core.do(erasure.erase_texts, third, "command-line") == 3
    assert core.read(typed, first, job) == {"reason": "", "notes": [""]}


async def replayed(core: HubCore) -> bytes:
    """What a browser is told that comes back and has seen nothing yet."""
    broadcaster = stream.Broadcaster(0)
    for event in core.events:
        broadcaster.publish(event.name, event.subject, event.seq, event.data)
    return await broadcaster.listen(0, lambda: True).take() or b""


async def test_who_comes_back_to_the_stream_is_not_told_what_was_erased(
    core: HubCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PAUSE_S", 0)
    device, job = lived(core, person(core, "Grace H."))
    before = await replayed(core)
    assert REASON.encode() in before and NOTE.encode() in before
    core.do(erasure.erase_texts, device, "command-line")
    after = await replayed(core)
    assert job.encode() in after and b"Mia" not in after


def test_what_the_same_commit_has_read_already_is_told_without_the_text(core: HubCore) -> None:
    device, job = lived(core, person(core, "Grace H."))

    def read_and_erase(uow: UnitOfWork) -> tuple[str, str]:
        row = (uow.session.get_one(Job, job), uow.session.get_one(Device, device))
        erasure.erase_texts(uow, device, "command-line")
        return row[0].accepted_reason, row[1].retire_reason

    assert core.do(read_and_erase) == ("", "")


def test_a_device_is_told_anew_when_what_was_typed_about_it_is_erased(core: HubCore) -> None:
    device = core.prepare("t1")
    core.do(allocations.start_maintenance, device, WHY, "staff")
    core.events.clear()
    core.do(erasure.erase_texts, device, "command-line")
    assert [(event.name, event.subject) for event in core.events] == [("device", device)]


def names_left_out(core: HubCore, batch: str) -> dict[str, str]:
    return {entry["device"]: entry["name"] for entry in core.read(views.batch_view, batch)["left_out"]}


def test_a_batch_keeps_no_names_of_what_it_left_out(core: HubCore) -> None:
    merged, kept = core.find("t1", name="Mia one"), core.find("t2", name="Mia two")
    plain, gone, ready = core.find("t3", name="plain"), core.find("t4", name="Mia four"), core.prepare("t5")
    scope = resetting.Scope(devices=(merged, kept, plain, gone, ready))
    batch = core.do(resetting.reset_many, scope, None, 5, "staff")
    assert names_left_out(core, batch) == {merged: "Mia one", kept: "Mia two", plain: "plain", gone: "Mia four"}
    core.do(inventory.merge, kept, merged, "staff")
    core.do(inventory.merge, plain, kept, "staff")
    core.do(lambda uow: devices.forget(uow.session, [gone]))
    assert names_left_out(core, batch) == {merged: "plain", kept: "plain", plain: "plain", gone: ""}
    assert "Mia" not in core.read(lambda session: json.dumps(session.get_one(Batch, batch).left_out))


def test_a_deleted_account_leaves_an_id_without_a_name(core: HubCore) -> None:
    root, grace = person(core, "Root", Role.ADMIN), person(core, "Grace H.")
    core.do(accounts.add_token, "Stundenplan", Role.TRAINER, "secret", grace)
    core.do(accounts.open_session, grace, "session", "csrf", None)
    _, job = lived(core, grace)
    core.do(accounts.delete_user, grace, root)
    detail = core.read(views.job_detail, job)
    nobody = {"de": "gelöschtes Konto", "en": "deleted account"}
    assert (detail["requested_by"], detail["requested_by_name"], detail["accepted_by_name"]) == (grace, nobody, nobody)
    last = core.read(journal.newest, None, 1)[0]
    assert (last.kind, last.subject, last.actor, last.data) == ("account.deleted", grace, root, {})
    assert core.read(journal.first_broken) is None
    stored, computed = core.read(sealed, job)
    assert stored == computed


def test_the_last_administrator_cannot_be_deleted(core: HubCore) -> None:
    root, locked = person(core, "Root", Role.ADMIN), person(core, "Ada", Role.ADMIN)
    core.do(accounts.change_user, locked, root, role=None, password_hash=None, disabled=True)
    with pytest.raises(Conflict, match="last-admin"):
        core.do(accounts.delete_user, root, root)
    core.do(accounts.delete_user, locked, root)
    assert core.read(lambda session: [user.id for user in account_rows.users(session)]) == [root]
