"""One connection: what hangs is cut and called silent, work goes before reading, a device that leaves is let go."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from medialab_agent.runtime import deadline, session
from medialab_agent.runtime.deadline import DeadlinePassed
from medialab_agent.runtime.session import DeviceSession
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import NeedsPerson, Refused, Unreachable, unreachable
from medialab_wire.capabilities import DriverManifest, FactSpec, Quality
from medialab_wire.progress import Check
from medialab_wire.reports import Access, Identity, IdentityKind, Presence, Report
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text
from tests.fixtures.waiting import until

T = Text(de="x", en="x")
FACTS = (FactSpec(key="a", title=T), FactSpec(key="v", title=T, volatile=True), FactSpec(key="t", title=T, trace=True))
MANIFEST = DriverManifest(id="d", name=T, version="1", quality=Quality.SEEN, facts=FACTS)
HERE = Sighting(source="manual", key="k")
GONE = HERE.model_copy(update={"present": False})


class Puppet(Driver):
    """Does what `mood` says; everything it did is in `diary`."""

    poll_s = 0.05
    diary: list[str]
    mood: dict[str, Any]

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        return sighting.key

    async def probe(self) -> Probe:
        return Probe("Puppe", "robot", (Identity(kind=IdentityKind.PLACE, value="k"),), **self.mood.get("probe", {}))

    async def report(self) -> Reading:
        if error := self.mood.get("error"):
            raise error
        if self.mood.get("hangs"):
            await asyncio.Event().wait()
        while self.mood.get("stubborn"):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.diary.append("will not stop")
        reading = Reading(**self.mood.get("reading", {}))
        self.diary.append("read")
        return reading

    async def plan(self, order: Order) -> tuple[Step, ...]:
        return ()

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        return Done()

    async def verify(self, order: Order) -> tuple[Check, ...]:
        return ()

    async def find_me(self) -> None:
        self.diary.append("find-me")

    async def stop(self) -> None:
        self.diary.append("stop")

    def watch(self) -> AsyncIterator[None] | None:
        return self._news() if "news" in self.mood else None

    async def _news(self) -> AsyncIterator[None]:
        while True:
            await self.mood["news"].wait()
            self.mood["news"].clear()
            yield

    async def close(self) -> None:
        self.diary.append("close")


class Stage:
    """One session and everything it published."""

    def __init__(self, **mood: Any) -> None:
        self.mood, self.diary, self.reports = mood, list[str](), list[Report]()
        puppet = type(
            "OnePuppet", (Puppet,), {"mood": self.mood, "diary": self.diary, "poll_s": mood.get("poll", 0.05)}
        )
        link = DeviceLink("k", (HERE,), memory=None)  # type: ignore[arg-type]
        self.session = DeviceSession("d-1", MANIFEST, puppet, link, self.reports.append)

    async def __aenter__(self) -> "Stage":
        self.session.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def report(self, **wanted: Any) -> Report:
        def fits() -> bool:
            return bool(self.reports) and all(getattr(self.reports[-1], k) == v for k, v in wanted.items())

        await until(fits)
        return self.reports[-1]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "READING_S", 0.3)
    monkeypatch.setattr(session, "FIRST_RETRY_S", 0.05)
    monkeypatch.setattr(session, "PERSON_S", 0.05)
    monkeypatch.setattr(deadline, "GRACE_S", 0.1)


async def test_a_report_is_published_only_when_something_changed() -> None:
    async with Stage(reading={"facts": {"a": 1}, "volatile": {"v": 2}, "traces": {"t": 3}}) as stage:
        first = await stage.report(presence=Presence.PRESENT)
        assert (first.facts, first.volatile, first.traces, first.kind) == ({"a": 1}, {"v": 2}, {"t": 3}, "robot")
        await until(lambda: stage.diary.count("read") > 3)
        assert len(stage.reports) == 1
        stage.mood["reading"] = {"facts": {"a": 2}}
        await stage.report(facts={"a": 2})


async def test_only_announced_keys_leave_the_agent(caplog: pytest.LogCaptureFixture) -> None:
    async with Stage(reading={"facts": {"a": "x" * 999, "name_of_child": "A"}, "traces": {"t": -1}}) as stage:
        report = await stage.report(presence=Presence.PRESENT)
    assert report.facts == {"a": "x" * 512}
    assert report.traces == {"t": 0}
    assert "name_of_child" in caplog.text


async def test_a_reading_that_hangs_is_cut_and_called_silent() -> None:
    async with Stage(reading={"volatile": {"v": 1}}) as stage:
        await stage.report(presence=Presence.PRESENT)
        stage.mood["hangs"] = True
        silent = await stage.report(presence=Presence.SILENT)
        assert (silent.name, silent.volatile) == ("Puppe", {})
        stage.mood["hangs"] = False
        await stage.report(presence=Presence.PRESENT, volatile={"v": 1})


async def test_a_driver_that_ignores_its_deadline_is_replaced() -> None:
    async with Stage(stubborn=True) as stage:
        await stage.report(presence=Presence.SILENT)
        assert "close" in stage.diary
        stage.mood["stubborn"] = False
        await stage.report(presence=Presence.PRESENT)


async def test_whoever_must_do_something_is_told_what() -> None:
    async with Stage(error=NeedsPerson("x", Text(de="Sperre.", en="Lock."), Text(de="Öffnen.", en="Open."))) as stage:
        report = await stage.report(access=Access.NEEDS_PERSON)
        assert report.help == Text(de="Sperre. Öffnen.", en="Lock. Open.")
        stage.mood["error"] = None
        await stage.report(access=Access.OK)


async def test_a_defect_of_a_driver_is_a_stated_fact() -> None:
    async with Stage(error=ZeroDivisionError("secret")) as stage:
        report = await stage.report(access=Access.FAILED)
        assert report.help is not None
        assert "secret" not in report.encode().decode()


async def test_work_interrupts_a_reading_and_readings_rest_meanwhile() -> None:
    async with Stage() as stage:
        await stage.report(presence=Presence.PRESENT)
        stage.mood["hangs"] = True
        async with stage.session.reserved():
            reads = stage.diary.count("read")
            await stage.session.use(lambda driver: driver.find_me(), 5)
            stage.mood["hangs"] = False
            await asyncio.sleep(0.2)
            assert stage.diary.count("read") == reads
            with stage.session.at_rest():
                await until(lambda: stage.diary.count("read") > reads)
        assert stage.reports[-1].presence is Presence.PRESENT


async def test_a_device_that_does_not_answer_its_order_is_called_silent_at_once() -> None:
    async with Stage(reading={"volatile": {"v": 1}}) as stage:
        await stage.report(presence=Presence.PRESENT)
        async with stage.session.reserved():
            stage.mood["error"] = unreachable()
            with pytest.raises(Unreachable):
                await stage.session.use(lambda driver: driver.report(), 5)
            silent = stage.reports[-1]
            assert (silent.presence, silent.volatile) == (Presence.SILENT, {})
            assert silent.help is not None and "antwortet nicht" in silent.help.de
            stage.mood["error"] = None
        await stage.report(presence=Presence.PRESENT, volatile={"v": 1})


async def test_a_device_that_refuses_its_order_is_still_there() -> None:
    async with Stage() as stage:
        await stage.report(presence=Presence.PRESENT)
        async with stage.session.reserved():
            stage.mood["error"] = Refused("x", T)
            with pytest.raises(Refused):
                await stage.session.use(lambda driver: driver.report(), 5)
            assert stage.reports[-1].presence is Presence.PRESENT
            stage.mood["error"] = None


async def test_a_deadline_is_a_deadline() -> None:
    async with Stage() as stage, stage.session.reserved():
        stage.mood["hangs"] = True
        with pytest.raises(DeadlinePassed):
            await stage.session.use(lambda driver: driver.report(), 0.1)


async def test_a_device_that_leaves_is_let_go_but_not_while_it_is_worked_on() -> None:
    async with Stage() as stage:
        await stage.report(presence=Presence.PRESENT)
        async with stage.session.reserved():
            stage.session.seen((GONE,))
            await stage.report(presence=Presence.ABSENT)
            assert "close" not in stage.diary
        await until(lambda: "close" in stage.diary)
        stage.session.seen((HERE,))
        await stage.report(presence=Presence.PRESENT)


async def test_news_brings_a_reading_at_once() -> None:
    news = asyncio.Event()
    async with Stage(news=news, poll=3600, reading={"facts": {"a": 1}}) as stage:
        await stage.report(facts={"a": 1})
        stage.mood["reading"] = {"facts": {"a": 2}}
        news.set()
        await stage.report(facts={"a": 2})


async def test_what_does_not_answer_is_asked_again() -> None:
    async with Stage(error=unreachable()) as stage:
        await stage.report(presence=Presence.SILENT)
        stage.mood["error"] = None
        await stage.report(presence=Presence.PRESENT)
