"""Printers that answer “done” and do nothing: no order of any printer driver is believed without looking again.

Each row swallows one kind of order before it reaches the simulated printer and answers it as the real one does when all
is well. What the order was for is then still there, and the run has to say so by the step or the check that noticed."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from medialab_agent.drivers.bambu.simulator import BambuSimulator
from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from medialab_agent.drivers.prusalink.simulator import PrusaLinkSimulator
from medialab_agent.sdk.printer import Steps
from medialab_agent.sdk.simulated_http import Ask, Reply, Server
from medialab_agent.sdk.steps import Step
from medialab_agent.sdk.testing.bench import Bench, OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import CheckResult, ExecutionReport, ExecutionStatus, Outcome, StepState

GCODE = b"G28\nM104 S210\nM140 S60\n" + b"G1 X1 Y1\n" * 50
STAFF = "werkstatt/namensschild.gcode"
STEP_S, RUN_S, SETTLE_S = 4.0, 60.0, 0.5
"""Deadline of each step, for some wait in vain for an effect; of a run, beside whatever else this machine does; and how
long the drivers let a deleted thing stay listed here."""
FAKE_KEY = '{"api_key": "a-key-that-opens-nothing"}'


@dataclass(frozen=True)
class Row:
    """`order` is a pattern on “METHOD path body”; `notices`: the step or check that has to say it did not work.

    `plant` leaves what the order is for, `left` is true while it is there."""

    order: str
    notices: str
    plant: Callable[[Any], object]
    left: Callable[[Any], object]
    status: int = 204
    body: str = ""
    action: str = "reset"


@dataclass
class Swallow:
    """The orders that never arrive."""

    row: Row | None = None
    met: int = 0

    def takes(self, order: str) -> bool:
        """Whether it swallows this one."""
        found = self.row is not None and re.search(self.row.order, order) is not None
        self.met += found
        return found

    @property
    def answer(self) -> tuple[int, bytes]:
        """What the sender hears instead."""
        assert self.row is not None
        return self.row.status, self.row.body.encode()


def words(ask: Ask) -> str:
    """One line for each order."""
    return f"{ask.method} {ask.path} {dict(ask.query) or ''} {ask.body[:2000].decode(errors='replace')}"


class Deaf:
    """Stands before the simulated printer's own desk. Whoever may not speak to the printer hears so first."""

    swallow: Swallow

    def listen(self, server: Server, may: Callable[[Ask], bool] = lambda _ask: True) -> Server:
        """The same server, with somebody who swallows in between."""
        honest = server._handle

        async def handle(ask: Ask) -> Reply | None:
            if may(ask) and self.swallow.takes(words(ask)):
                return Reply(*self.swallow.answer, {"Content-Type": "application/json"})
            return await honest(ask)

        server._handle = handle
        return server


@dataclass
class DeafOctoPrint(Deaf, OctoPrintSimulator):
    """An OctoPrint that swallows."""

    swallow: Swallow = field(default_factory=Swallow)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._server = self.listen(self._server)


@dataclass
class DeafMoonraker(Deaf, MoonrakerSimulator):
    """A Moonraker that swallows."""

    swallow: Swallow = field(default_factory=Swallow)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._server = self.listen(self._server)


@dataclass
class DeafPrusaLink(Deaf, PrusaLinkSimulator):
    """A PrusaLink that swallows."""

    swallow: Swallow = field(default_factory=Swallow)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._server = self.listen(self._server, lambda ask: self.access.refusal(ask) is None)


@dataclass
class DeafBambu(BambuSimulator):
    """A Bambu printer that swallows, commands and deletions alike."""

    swallow: Swallow = field(default_factory=Swallow)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.storage.on_store = lambda path: not self.swallow.takes(f"FTPS STOR {path}")

    def _command(self, kind: str, command: str, body: dict[str, Any], answer: dict[str, Any]) -> None:
        if self.swallow.takes(f"MQTT {command}"):
            self._report({kind: answer})
        else:
            super()._command(kind, command, body, answer)

    def _may_delete(self, path: str) -> bool | None:
        return None if self.swallow.takes(f"FTPS {path}") else super()._may_delete(path)


def nothing(_simulator: Any) -> None:
    """Nothing to plant."""


def heats(heaters: Callable[[Any], Any]) -> Callable[[Any], bool]:
    return lambda s: any(heater.target for heater in heaters(s).values())


def print_octoprint(s: DeafOctoPrint) -> None:
    s.machine.selected = ("local", STAFF)
    s.machine.start(GCODE)


OCTOPRINT = (
    Row(r"POST /api/job .*cancel", "end-job", print_octoprint, lambda s: s.machine.has_job),
    Row(r"POST /api/printer/(tool|bed)", "heaters-off", lambda s: setattr(s.machine.heaters()["bed"], "target", 60.0),
        heats(lambda s: s.machine.heaters())),
    Row(r"POST /api/files/local/current", "idle", lambda s: setattr(s.machine, "selected", ("local", STAFF)),
        lambda s: s.machine.selected),
    Row(r"DELETE /api/files", "learner-files", lambda s: s.store.put("anna.gcode", GCODE),
        lambda s: ("local", "anna.gcode") in s.store.files),
    Row(r"DELETE /api/timelapse", "timelapses", lambda s: s.store.movies.append("anna.mp4"), lambda s: s.store.movies),
    Row(r"DELETE /api/timelapse/unrendered", "timelapses", lambda s: s.store.frames.update(ben=3),
        lambda s: s.store.frames),
    Row(r"PATCH /api/printerprofiles", "profile",
        lambda s: s.store.change_profile("_default", {"volume": {"depth": 123.0}}),
        lambda s: s.store.profiles["_default"]["volume"]["depth"] == 123.0, 200, "{}"),
    Row(r"DELETE /api/printerprofiles", "profile", lambda s: s.store.change_profile("ninja", {"name": "Ninja"}),
        lambda s: "ninja" in s.store.profiles),
    Row(r"POST /api/files/local ", "select", nothing, lambda s: ("local", "new.gcode") not in s.store.files, 201, "{}",
        "stage"),
    Row(r"POST /api/files/local/new", "selected", nothing, lambda s: s.machine.selected is None, action="stage"),
    Row(r"GET /plugin/appkeys/request/", "paired", lambda s: s.access.keys.clear(), lambda s: not s.access.keys, 200,
        FAKE_KEY, "pair"),
)  # fmt: skip


def print_moonraker(s: DeafMoonraker) -> None:
    s.parts.machine.start(STAFF, b"")


def put(root: str, path: str) -> tuple[Callable[[Any], object], Callable[[Any], object]]:
    return lambda s: s.parts.store.put(root, path, GCODE), lambda s: (root, path) in s.parts.store.files


OK = '{"result": "ok"}'
MOONRAKER = (
    Row(r"POST /printer/firmware_restart", "restart", lambda s: s.parts.machine.shut_down(),
        lambda s: s.parts.machine.klippy != "ready", 200, OK),
    Row(r"POST /printer/print/cancel", "end-job", print_moonraker, lambda s: s.parts.machine.has_job, 200, OK),
    Row(r"POST .*SDCARD_RESET_FILE", "deselect", print_moonraker, lambda s: s.parts.machine.file, 200, OK),
    Row(r"POST .*TURN_OFF_HEATERS", "heaters-off",
        lambda s: setattr(s.parts.machine.heaters()["extruder"], "target", 210.0),
        heats(lambda s: s.parts.machine.heaters()), 200, OK),
    Row(r"POST .*M220", "overrides", lambda s: setattr(s.parts.machine, "speed_factor", 2.5),
        lambda s: s.parts.machine.speed_factor != 1, 200, OK),
    Row(r"DELETE /server/files/gcodes", "learner-files", *put("gcodes", "anna.gcode"), 200, OK),
    Row(r"DELETE /server/files/directory", "learner-files",
        lambda s: s.parts.store.folders.add(("gcodes", "klasse 7b")),
        lambda s: ("gcodes", "klasse 7b") in s.parts.store.folders, 200, OK),
    Row(r"DELETE /server/files/timelapse", "timelapses", *put("timelapse", "anna.mp4"), 200, OK),
    Row(r"DELETE /server/history", "history", lambda s: s.parts.store.note_print("anna.gcode", "complete"),
        lambda s: s.parts.store.history, 200, OK),
    Row(r"DELETE /server/job_queue", "history", lambda s: s.parts.store.queue.append(STAFF),
        lambda s: s.parts.store.queue, 200, OK),
    Row(r"POST /server/files/upload", "files", nothing,
        lambda s: ("gcodes", "new.gcode") not in s.parts.store.files, 201, "{}", "stage"),
    Row(r"POST .*M117 MediaLab", "show", nothing, lambda s: not s.parts.machine.message, 200, OK, "find-me"),
)  # fmt: skip


def print_prusalink(s: DeafPrusaLink) -> None:
    s.machine.start((s.storage, STAFF), GCODE)


def factor(name: str) -> tuple[Callable[[Any], object], Callable[[Any], object]]:
    return lambda s: s.machine.factors.update({name: 150.0}), lambda s: s.machine.factors[name] != 100


PRUSALINK = (
    Row(r"DELETE /api/v1/job", "end-job", print_prusalink, lambda s: s.machine.has_job),
    Row(r"POST /api/printer/tool .*target", "heaters-off",
        lambda s: setattr(s.machine.heaters["nozzle"], "target", 210.0), heats(lambda s: s.machine.heaters)),
    Row(r"POST /api/printer/bed", "heaters-off", lambda s: setattr(s.machine.heaters["bed"], "target", 60.0),
        heats(lambda s: s.machine.heaters)),
    Row(r"POST /api/printer/printhead .*speed", "overrides", *factor("speed")),
    Row(r"POST /api/printer/tool .*flowrate", "overrides", *factor("flow")),
    Row(r"DELETE /api/v1/files", "learner-files", lambda s: s.store.put(s.storage, "anna.gcode", GCODE, 1_795_400_000),
        lambda s: "anna.gcode" in s.store.disks[s.storage]),
    Row(r"PUT /api/v1/files", "files", nothing, lambda s: "new.gcode" not in s.store.disks[s.storage], 201, "",
        "stage"),
)  # fmt: skip
BUDDY = (
    Row(r"DELETE /api/v1/job", "end-job", print_prusalink, lambda s: s.machine.has_job),
    Row(r"PUT /api/v1/files", "cool-file", lambda s: setattr(s.machine.heaters["nozzle"], "target", 210.0),
        heats(lambda s: s.machine.heaters), 201),
    Row(r"DELETE /api/v1/files", "learner-files", lambda s: s.store.put(s.storage, "anna.gcode", GCODE, 1_795_400_000),
        lambda s: "anna.gcode" in s.store.disks[s.storage]),
    Row(r"PUT /api/v1/files", "files", nothing, lambda s: "new.gcode" not in s.store.disks[s.storage], 201, "",
        "stage"),
)  # fmt: skip


def keep(path: str, content: bytes | None = b"PK") -> tuple[Callable[[Any], object], Callable[[Any], object]]:
    return lambda s: s.storage.files.update({path: content}), lambda s: path in s.storage.files


BAMBU = (
    Row(r"MQTT stop", "end-job", lambda s: s.machine.begin("x.3mf"), lambda s: s.machine.is_working),
    Row(r"MQTT gcode_line", "heaters-off", lambda s: s.machine.fields.update(nozzle_target_temper=200.0),
        lambda s: s.machine.fields["nozzle_target_temper"]),
    Row(r"MQTT print_speed", "speed", lambda s: s.machine.fields.update(spd_lvl=4),
        lambda s: s.machine.fields["spd_lvl"] != 2),
    Row(r"FTPS /anna", "learner-files", *keep("/anna.3mf")),
    Row(r"FTPS /klasse", "learner-files", *keep("/klasse 7b", None)),
    Row(r"FTPS /timelapse", "timelapses", *keep("/timelapse/video.mp4")),
    Row(r"FTPS STOR", "files", nothing, lambda s: "/new.gcode" not in s.storage.files, action="stage"),
    Row(r"MQTT ledctrl", "show", nothing, lambda s: s.machine.fields["lights_report"][0]["mode"] == "on",
        action="find-me"),
)  # fmt: skip


async def pair(bench: Bench) -> None:
    await bench.until(lambda report: report.help is not None)
    assert (await bench.order("pair")).status is ExecutionStatus.SUCCEEDED


def prusalink(number: int, *, is_buddy: bool) -> DeafPrusaLink:
    serial = f"10589-374244163000{number:04d}" if is_buddy else f"CZPX{number:04d}"
    return DeafPrusaLink(serial, is_buddy=is_buddy, settle_s=0.2, lag_s=0.05, rescan_s=0.05, slow_s=0.05)


PRINTERS: dict[str, tuple[str, Callable[[int], Any], tuple[Row, ...]]] = {
    "octoprint": ("octoprint", lambda n: DeafOctoPrint(f"deaf-{n}", allow_after_s=0.0), OCTOPRINT),
    "moonraker": ("moonraker", lambda n: DeafMoonraker(f"deaf-{n}"), MOONRAKER),
    "prusalink": ("prusalink", lambda n: prusalink(n, is_buddy=False), PRUSALINK),
    "buddy": ("prusalink", lambda n: prusalink(n, is_buddy=True), BUDDY),
    "bambu": ("bambu", lambda n: DeafBambu(f"01P00A00000002{n}", address=f"127.44.3.{n + 1}", tick_s=0.05), BAMBU),
}


@pytest.fixture
async def shop() -> Any:
    """Where files to stage come from."""

    async def handle(_ask: Ask) -> Reply:
        return Reply(200, GCODE)

    server = Server(handle)
    await server.start()
    yield f"http://127.0.0.1:{server.port}/new"
    await server.stop()


async def told(open_bench: OpenBench, driver: str, simulator: Any, row: Row, shop: str) -> ExecutionReport:
    """The report of the one order whose means are swallowed."""
    async with open_bench(driver, simulator, {}) as bench:
        if driver == "octoprint" and row.action != "pair":
            await pair(bench)
        if row.action == "pair":
            await bench.until(lambda report: report.help is not None)
            simulator.swallow.row = row
            return await bench.order("pair")
        await bench.until(is_ready)
        recorded = await bench.order("record-baseline")
        assert recorded.snapshot is not None, recorded.trouble
        row.plant(simulator)
        assert row.left(simulator), f"nothing to do for {row.order}"
        simulator.swallow.row = row
        if row.action == "stage":
            file = {"path": "new.gcode", "url": shop, "sha256": hashlib.sha256(GCODE).hexdigest(), "bytes": len(GCODE)}
            return await bench.order("stage", params={"files": [file], "select": "new.gcode"}, deadline_s=RUN_S)
        if row.action == "find-me":
            return await bench.order("find-me", deadline_s=RUN_S)
        level = bench.manifest.default_level
        return await bench.order("reset", level, baseline=recorded.snapshot, deadline_s=RUN_S)


def complaint(simulator: Any, row: Row, report: ExecutionReport) -> str:
    """What is wrong with the report; empty when it is honest."""
    noticed = {check.id for check in report.checks if check.result is not CheckResult.PASSED}
    noticed |= {step.id for step in report.steps if step.state is StepState.FAILED}
    boasts = [step.detail.en for step in report.steps if step.detail and re.match(r"[1-9].* deleted", step.detail.en)]
    if not simulator.swallow.met:
        return "the order was never sent"
    if not row.left(simulator):
        return "the order had its effect after all"
    if report.outcome is Outcome.CLEAN or report.status is ExecutionStatus.SUCCEEDED:
        return f"called done: {report.status} {report.outcome}"
    if row.notices not in noticed:
        return f"noticed by {sorted(noticed)}, not by {row.notices}; {report.status} {report.trouble}"
    return f"says {boasts}" if boasts else ""


async def test_what_nobody_can_read_back_of_a_printer_that_shows_itself_is_said(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medialab_agent.drivers.octoprint.driver.SHOW_S", 0.1)
    async with open_bench("octoprint", OctoPrintSimulator("shows-1", allow_after_s=0.0), {}) as bench:
        await pair(bench)
        report = await bench.order("find-me")
    assert report.status is ExecutionStatus.SUCCEEDED
    (step,) = report.steps
    assert step.detail is not None and "nicht nachgeprüft" in step.detail.de


@pytest.mark.parametrize("printer", PRINTERS)
async def test_an_order_without_effect_is_never_reported_as_done(
    open_bench: OpenBench, shop: str, printer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_full = Steps.of

    def soon_over(steps: Steps, wanted: Iterable[str]) -> tuple[Step, ...]:
        return tuple(step if step.ask else replace(step, deadline_s=STEP_S) for step in in_full(steps, wanted))

    monkeypatch.setattr(Steps, "of", soon_over)
    driver, make, rows = PRINTERS[printer]
    if driver != "bambu":  # it looks once
        monkeypatch.setattr(f"medialab_agent.drivers.{driver}.reset.SETTLE_S", SETTLE_S)
    monkeypatch.setattr("medialab_agent.drivers.prusalink.stage.LISTED_S", SETTLE_S)
    simulators = [make(number) for number in range(len(rows))]
    runs = [told(open_bench, driver, one, row, shop) for one, row in zip(simulators, rows, strict=True)]
    reports = await asyncio.gather(*runs)
    found = zip(simulators, rows, reports, strict=True)
    complaints = {row.order: said for one, row, report in found if (said := complaint(one, row, report))}
    assert not complaints
