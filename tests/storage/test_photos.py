"""Photos belong to answers, are named in the record, and go again: by age, by hand, with their device."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from medialab_hub.domain.photos import MOST_A_MINUTE
from medialab_hub.domain.records import record_hash
from medialab_hub.errors import Conflict, Forbidden, HubError, NotFound, TooMany
from medialab_hub.services import agents, endings, erasure, jobs, photos, resetting, views
from medialab_hub.services.executions import take_execution_report
from medialab_hub.services.records import forged
from medialab_hub.storage import journal
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Job, JournalRow, Photo, PhotoBytes
from medialab_wire.capabilities import EvidenceKind
from tests.fixtures import lab_words as say
from tests.fixtures import pictures
from tests.fixtures.hub_core import HubCore

QUOTA = 10_000_000
SHOT = photos.developed(pictures.photo())
OTHER = photos.developed(pictures.photo(200, 100))
BED = say.BED.model_copy(update={"photo": True})
DEEP = say.DEEP.model_copy(update={"checks": (say.FILES, BED)})


def fresh_id() -> str:
    return f"pho-{uuid4()}"


def waiting(core: HubCore, dev: str = "t1") -> str:
    """A job whose step waits for a person, and wants a photo."""
    device = core.prepare(dev)
    manifest = say.MANIFEST.model_copy(update={"levels": (say.LEVEL, DEEP), "version": "1.1"})
    said = say.inventory(*core.devs["pi"], version=f"wants-{dev}").model_copy(update={"drivers": (manifest,)})
    core.do(agents.take_inventory, "pi", said)
    job = core.do(resetting.reset, device, "deep", 0, "grace")
    core.do(take_execution_report, "pi", say.waiting(job, dev))
    return job


def send(core: HubCore, job: str, photo: str = "", *, shot: Any = SHOT, actor: str = "grace", **how: Any) -> str:
    sent = photos.Sent(photo or fresh_id(), job, how.pop("step", "bed"), shot)
    core.do(photos.keep, sent, how.pop("quota", QUOTA), actor)
    return sent.id


def finish(core: HubCore, job: str, dev: str = "t1") -> None:
    checks = (say.passed(), say.passed("bed", kind=EvidenceKind.PERSON, by="grace"))
    steps = (say.done_step(), say.BED_DONE.model_copy(update={"ask": say.text("clear the bed")}))
    core.do(take_execution_report, "pi", say.ended(job, dev, 5, checks=checks, steps=steps))


def answered(core: HubCore, dev: str = "t1", photo: bool = True) -> tuple[str, str | None]:
    """A job that ended with an answer; and its photo."""
    job = waiting(core, dev)
    sent = send(core, job) if photo else None
    core.do(jobs.answer, job, jobs.Reply("bed", True, photo=sent), "grace")
    finish(core, job, dev)
    return job, sent


def stored(core: HubCore) -> int:
    return core.read(lambda session: len(session.exec(select(PhotoBytes)).all()))


def evidence(core: HubCore, job: str) -> Any:
    return {step["id"]: step["evidence"] for step in sealed(core, job)["steps"] if "evidence" in step}


def sealed(core: HubCore, job: str) -> Any:
    def view(session: Session) -> dict[str, object]:
        row = session.get(Job, job)
        assert row is not None
        lines = session.exec(select(JournalRow).where(JournalRow.subject == job)).all()
        line = next(line for line in lines if line.data.get("record") == row.record_hash)
        before = session.get(JournalRow, line.seq - 1)
        record = endings.record_of(row)
        assert row.record_hash == record_hash(before.hash if before else "", record)
        return record

    return core.read(view)


def test_the_record_names_the_photo_of_an_answer(core: HubCore) -> None:
    job, photo = answered(core)
    assert evidence(core, job) == {"bed": {"kind": "person", "photo": SHOT.sha256, "photo_wanted": True}}
    detail = core.read(views.job_detail, job)
    assert detail["outcome"] == "clean"
    (shown,) = detail["photos"]
    assert (shown["id"], shown["step"], shown["answered"], shown["erased"]) == (photo, "bed", True, None)
    assert core.read(photos.content, job, photo) == SHOT.picture.data


def test_without_a_photo_it_counts_no_less_and_the_record_says_so(core: HubCore) -> None:
    job, _ = answered(core, photo=False)
    assert evidence(core, job) == {"bed": {"kind": "person", "photo": None, "photo_wanted": True}}
    assert core.read(views.job_detail, job)["outcome"] == "clean"


@pytest.mark.parametrize("with_photo", [False, True])
def test_who_says_that_it_cannot_be_done_confirms_nothing(core: HubCore, with_photo: bool) -> None:
    job = waiting(core)
    photo = send(core, job) if with_photo else None
    core.do(jobs.answer, job, jobs.Reply("bed", False, "two cables are missing", photo=photo), "grace")
    finish(core, job)
    shown = SHOT.sha256 if with_photo else None
    assert evidence(core, job) == {"bed": {"kind": "person", "photo": shown, "photo_wanted": False}}


def test_the_last_answer_to_a_step_counts(core: HubCore) -> None:
    job = waiting(core)
    core.do(jobs.answer, job, jobs.Reply("bed", False, "not yet"), "grace")
    core.do(take_execution_report, "pi", say.waiting(job, "t1", 3))
    core.do(jobs.answer, job, jobs.Reply("bed", True), "grace")
    finish(core, job)
    assert evidence(core, job)["bed"]["photo_wanted"] is True


def test_a_photo_never_replaces_the_answer(core: HubCore) -> None:
    job = waiting(core)
    send(core, job)
    assert core.work().answers == {}
    finish(core, job)
    assert core.read(views.job_detail, job)["outcome"] == "unverified", "nobody ticked it"
    assert evidence(core, job) == {}
    assert stored(core) == 0, "a draft goes with its job"


def test_while_it_waits_the_step_says_that_it_wants_one(core: HubCore) -> None:
    (step,) = core.read(views.job_detail, waiting(core))["steps"]
    assert (step["id"], step["wants_photo"]) == ("bed", True)


def test_sent_again_it_is_the_same_photo(core: HubCore) -> None:
    job = waiting(core)
    photo = send(core, job)
    assert send(core, job, photo) == photo
    assert stored(core) == 1
    core.do(jobs.answer, job, jobs.Reply("bed", True, photo=photo), "grace")
    assert send(core, job, photo) == photo, "the answer to the first time got lost"
    with pytest.raises(Conflict, match="photo-differs"):
        send(core, job, photo, shot=OTHER)


def test_another_photo_takes_its_place(core: HubCore) -> None:
    job = waiting(core)
    first, second = send(core, job), send(core, job, shot=OTHER)
    assert stored(core) == 1
    (shown,) = core.read(views.job_detail, job)["photos"]
    assert shown["id"] == second
    with pytest.raises(Conflict, match="photo-erased"):
        core.do(jobs.answer, job, jobs.Reply("bed", True, photo=first), "grace")
    with pytest.raises(Conflict, match="photo-erased"):
        send(core, job, first)


def test_an_answer_without_it_throws_the_draft_away(core: HubCore) -> None:
    job = waiting(core)
    send(core, job)
    core.do(jobs.answer, job, jobs.Reply("bed", True), "grace")
    assert stored(core) == 0
    with pytest.raises(Conflict, match="step-does-not-wait"):
        send(core, job)


def test_only_a_waiting_step_takes_photos_and_only_its_own(core: HubCore) -> None:
    job, other = waiting(core), waiting(core, "t2")
    with pytest.raises(Conflict, match="step-does-not-wait"):
        send(core, job, step="wipe")
    with pytest.raises(NotFound):
        send(core, "job-nonsense")
    photo = send(core, job)
    with pytest.raises(Conflict, match="photo-erased"):
        core.do(jobs.answer, other, jobs.Reply("bed", True, photo=photo), "grace")
    with pytest.raises(NotFound):
        core.read(photos.content, other, photo)
    finish(core, other, "t2")
    with pytest.raises(Conflict, match="job-is-over"):
        send(core, other)


def test_there_are_limits(core: HubCore) -> None:
    job = waiting(core)
    with pytest.raises(HubError, match="photos-full"):
        send(core, job, quota=len(SHOT.picture.data) - 1)
    for _ in range(MOST_A_MINUTE):
        send(core, job)
    with pytest.raises(TooMany):
        send(core, job)
    send(core, job, actor="ada")
    core.clock.pass_time(60)
    send(core, job)
    assert stored(core) == 1


def test_after_its_time_a_photo_goes_and_the_record_holds(core: HubCore) -> None:
    job, photo = answered(core)
    before = sealed(core, job)
    month = timedelta(days=30)
    assert core.do(photos.expire, month) == 0
    core.clock.pass_time(month.total_seconds())
    assert core.do(photos.expire, month) == 1
    assert core.do(photos.expire, month) == 0
    assert_erased(core, job, photo)
    assert sealed(core, job) == before
    assert core.read(forged) == []
    assert core.read(journal.first_broken) is None


def assert_erased(core: HubCore, job: str, photo: str | None) -> None:
    (shown,) = core.read(views.job_detail, job)["photos"]
    assert shown["erased"] is not None and shown["sha256"] == SHOT.sha256
    with pytest.raises(NotFound, match="photo-erased"):
        core.read(photos.content, job, photo)


@pytest.mark.parametrize("subject", ["device", "job", "grace"])
def test_photos_go_with_what_they_are_about(core: HubCore, subject: str) -> None:
    job, photo = answered(core)
    other, _ = answered(core, "t2")
    device = core.read(lambda session: session.get(Job, job).device_id)
    both = subject == "grace"
    assert core.do(erasure.erase_texts, {"device": device, "job": job}.get(subject, subject), "root") == 1 + both
    assert_erased(core, job, photo)
    assert core.read(views.job_detail, other)["photos"][0]["erased"] is None or both
    assert core.read(forged) == []


def test_who_may_erase_one(core: HubCore) -> None:
    job = waiting(core)
    mine = send(core, job)
    with pytest.raises(Forbidden):
        core.do(photos.remove, job, mine, "ada", is_staff=False)
    core.do(photos.remove, job, mine, "grace", is_staff=False)
    assert stored(core) == 0
    photo = send(core, job)
    core.do(jobs.answer, job, jobs.Reply("bed", True, photo=photo), "grace")
    with pytest.raises(Forbidden):
        core.do(photos.remove, job, photo, "grace", is_staff=False)
    core.do(photos.remove, job, photo, "ada", is_staff=True)
    finish(core, job)
    assert_erased(core, job, photo)
    assert evidence(core, job)["bed"]["photo"] == SHOT.sha256
    with pytest.raises(NotFound):
        core.do(photos.remove, job, fresh_id(), "ada", is_staff=True)


def test_a_photo_is_there_whole_or_not_at_all(core: HubCore) -> None:
    job = waiting(core)
    sent = photos.Sent(fresh_id(), job, "bed", SHOT)

    def cut_off(uow: Any) -> None:
        photos.keep(uow, sent, QUOTA, "grace")
        raise TimeoutError

    with pytest.raises(TimeoutError):
        core.do(cut_off)
    assert core.read(lambda session: session.exec(select(Photo)).all()) == []
    assert stored(core) == 0
    assert send(core, job, sent.id) == sent.id


def test_forgotten_drafts_are_swept(core: HubCore) -> None:
    job = waiting(core)
    send(core, job)
    core.clock.pass_time(24 * 3600)
    core.do(photos.expire, timedelta(days=30))
    assert core.read(lambda session: session.exec(select(Photo)).all()) == []
    assert stored(core) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_erased_photo_is_nowhere_in_the_database_file(core: HubCore) -> None:
    file = Path(str(core.database.reader.url.database))
    job, _ = answered(core)
    piece = SHOT.picture.data[-600:-500]
    core.do(erasure.erase_texts, job, "root")
    core.writer.close()
    core.database.reader.dispose()
    core.database.writer.dispose()
    found = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    assert job.encode() in found and SHOT.sha256.encode() in found, "the test would not find anything"
    assert piece not in found
