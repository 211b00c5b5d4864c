"""Photos over HTTP: what is taken, what is refused and in which words, and how they are handed out."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from medialab_hub.domain.photos import LARGEST, LONGEST_SIDE
from medialab_hub.services import agents, inventory, reports, resetting
from medialab_hub.services.executions import take_execution_report
from medialab_hub.services.photos import developed
from medialab_hub.workers.forgetter import Forgetter
from tests.fixtures import lab_words as say
from tests.fixtures import pictures
from tests.fixtures.hubs import HubInThread

JPEG = {"Content-Type": "image/jpeg"}
PHOTO = pictures.photo()
_devs = (f"p{number}" for number in range(1, 1000))


def waiting(hub: HubInThread, dev: str = "") -> str:
    """A job that waits for a person at the step `bed`."""
    dev = dev or next(_devs)
    agent = f"pi-{dev}"

    def arrive(uow: Any) -> str:
        agents.take_state(uow, agent, say.ready())
        agents.take_inventory(uow, agent, say.inventory(dev))
        taken = reports.take_report(uow, agent, say.report(dev))
        assert taken is not None
        return taken.device

    device = hub.run(arrive)
    _, jobs = hub.run(lambda uow: inventory.adopt(uow, [inventory.AdoptWish(device)], True, "staff"))
    hub.run(lambda uow: take_execution_report(uow, agent, say.recorded(jobs[0], dev)))
    job = hub.run(lambda uow: resetting.reset(uow, device, "deep", 0, "staff"))
    hub.run(lambda uow: take_execution_report(uow, agent, say.waiting(job, dev)))
    return str(job)


def address(job: str, photo: str = "") -> str:
    return f"/api/v1/jobs/{job}/photos/{photo or f'pho-{uuid4()}'}"


def send(client: httpx.Client, url: str, data: bytes = PHOTO, step: str = "bed", **how: Any) -> httpx.Response:
    return client.put(url, params={"step": step}, content=data, headers=how.get("headers", JPEG))


@pytest.fixture(scope="module")
def trainer(hub: HubInThread) -> Iterator[httpx.Client]:
    with hub.client("trainer") as client:
        yield client


@pytest.fixture(scope="module")
def job(hub: HubInThread) -> str:
    """One that goes on waiting; refusals do not change it."""
    return waiting(hub)


def test_a_photo_is_kept_shown_and_named(hub: HubInThread, trainer: httpx.Client) -> None:
    job = waiting(hub)
    url = address(job)
    kept = send(trainer, url)
    assert kept.status_code == 200
    view = kept.json()
    assert (view["width"], view["height"], view["answered"]) == (320, 240, False)
    assert send(trainer, url).json() == view, "sent again"
    answer = {"step": "bed", "done": True, "photo": view["id"]}
    assert trainer.post(f"/api/v1/jobs/{job}/answers", json=answer).status_code == 202
    (shown,) = trainer.get(f"/api/v1/jobs/{job}").json()["photos"]
    assert shown == {**view, "answered": True}
    picture = trainer.get(url)
    assert picture.content == developed(PHOTO).picture.data
    assert pictures.NAME.encode() not in picture.content


def test_it_is_handed_out_so_that_it_can_be_nothing_but_a_picture(hub: HubInThread, trainer: httpx.Client) -> None:
    url = address(waiting(hub))
    send(trainer, url).raise_for_status()
    headers = trainer.get(url).headers
    assert headers["content-type"] == "image/jpeg"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"] == 'attachment; filename="photo.jpg"'
    assert "default-src 'none'; sandbox" in headers.get_list("content-security-policy")
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("name", pictures.hostile())
def test_hostile_files_are_refused_in_words(trainer: httpx.Client, job: str, name: str) -> None:
    data, code = pictures.hostile()[name]
    refused = send(trainer, address(job), data)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert all(refused.json()[word] for word in ("title", "title_de", "remedy", "remedy_de"))
    assert trainer.get(f"/api/v1/jobs/{job}").json()["photos"] == []


@pytest.mark.parametrize("said", ["image/svg+xml", "text/html", "image/png", "application/octet-stream", ""])
def test_what_does_not_call_itself_a_jpeg_is_not_read(trainer: httpx.Client, job: str, said: str) -> None:
    assert send(trainer, address(job), headers={"Content-Type": said}).json()["code"] == "photo-no-jpeg"


def test_large_files_are_refused(trainer: httpx.Client, job: str) -> None:
    refused = send(trainer, address(job), PHOTO + bytes(LARGEST))
    assert (refused.status_code, refused.json()["code"]) == (413, "photo-too-large")
    assert send(trainer, address(job), bytes(2 * LARGEST)).status_code == 413
    wide = send(trainer, address(job), pictures.photo(LONGEST_SIDE + 1, 2)).json()
    assert str(LONGEST_SIDE) in wide["title"]


NUMBER = "3f2b8a64-6c1d-4e0a-9d57-0b1c2d3e4f50"


@pytest.mark.parametrize("name", ["photo.jpg", "pho-1", "../../etc/passwd", f"PHO-{NUMBER}", f"pho-{NUMBER}.html"])
def test_names_of_files_are_no_addresses(trainer: httpx.Client, job: str, name: str) -> None:
    assert send(trainer, f"/api/v1/jobs/{job}/photos/{name}").status_code in {404, 405, 422}


def test_only_a_waiting_step_of_a_known_job(trainer: httpx.Client, job: str) -> None:
    assert send(trainer, address("job-nonsense")).status_code == 404
    assert send(trainer, address(job), step="wipe").json()["code"] == "step-does-not-wait"
    assert send(trainer, address(job), step="x" * 64).status_code == 422
    assert trainer.get(address(job)).status_code == 404


def test_who_may(hub: HubInThread, trainer: httpx.Client) -> None:
    job = waiting(hub)
    url = address(job)
    send(trainer, url).raise_for_status()
    with hub.stranger() as stranger, hub.client("guest") as guest, hub.client("staff") as staff:
        for client, status in ((stranger, 401), (guest, 403)):
            answers = (client.get(url), client.delete(url), send(client, url))
            assert [answer.status_code for answer in answers] == [status] * 3
        trainer.post(f"/api/v1/jobs/{job}/answers", json={"step": "bed", "done": True, "photo": url[-40:]})
        assert trainer.delete(url).json()["code"] == "photo-not-yours"
        assert staff.delete(url).status_code == 204
        gone = trainer.get(url)
        assert (gone.status_code, gone.json()["code"]) == (404, "photo-erased")
        (shown,) = trainer.get(f"/api/v1/jobs/{job}").json()["photos"]
        assert shown["erased"] and len(shown["sha256"]) == 64


def test_a_browser_needs_its_csrf_token(hub: HubInThread) -> None:
    url = address(waiting(hub))
    with hub.browser() as client:
        token = client.headers.pop("X-CSRF-Token")
        assert send(client, url).json()["code"] == "foreign-request"
        assert send(client, url, headers={**JPEG, "X-CSRF-Token": token}).status_code == 200


def test_too_many_in_a_minute(hub: HubInThread) -> None:
    job = waiting(hub)
    with hub.client("trainer") as client:
        statuses = [send(client, address(job)).status_code for _ in range(13)]
    assert statuses == [200] * 12 + [429]


def test_a_phone_that_is_gone_in_the_middle_leaves_nothing_and_no_fault(
    hub: HubInThread, trainer: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    job = waiting(hub)
    where = urlsplit(hub.hub.url)
    said = [f"PUT {address(job)}?step=bed HTTP/1.1", f"Host: {where.netloc}", f"Content-Length: {len(PHOTO)}"]
    said += [f"Authorization: {trainer.headers['Authorization']}", "Content-Type: image/jpeg", "", ""]
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as line:
        line.sendall("\r\n".join(said).encode() + PHOTO[: len(PHOTO) // 2])
        line.shutdown(socket.SHUT_RDWR)
    assert send(trainer, address(job)).status_code == 200, "the next one is taken"
    assert len(trainer.get(f"/api/v1/jobs/{job}").json()["photos"]) == 1
    assert "failed" not in caplog.text


def test_after_thirty_days_it_is_gone(fresh_hub: HubInThread) -> None:
    job = waiting(fresh_hub)
    url = address(job)
    forgetter = Forgetter(fresh_hub.hub.writer, fresh_hub.hub.settings)
    with fresh_hub.client("trainer") as client:
        send(client, url).raise_for_status()
        answer = {"step": "bed", "done": True, "photo": url[-40:]}
        client.post(f"/api/v1/jobs/{job}/answers", json=answer).raise_for_status()
        for ahead, status in ((29, 200), (2, 404)):
            fresh_hub.shift(timedelta(days=ahead))
            fresh_hub.call(forgetter.forget())
            assert client.get(url).status_code == status
        (shown,) = client.get(f"/api/v1/jobs/{job}").json()["photos"]
        assert shown["erased"] and len(shown["sha256"]) == 64
