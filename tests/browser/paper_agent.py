"""An agent on paper: speaks the real protocol over a real broker, and its devices do what a test says."""

import threading
import time
from collections.abc import Sequence

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from medialab_wire import topics
from medialab_wire.base import WireModel
from medialab_wire.capabilities import DriverManifest
from medialab_wire.commands import Execution, NextWork
from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.progress import Check, CheckResult, ExecutionReport, ExecutionStatus, Outcome, StepState, StepView
from medialab_wire.reports import Access, Identity, IdentityKind, Inventory, Presence, Report
from medialab_wire.texts import Text
from tests.browser import paper_words as words
from tests.browser.paper_words import PaperDevice

AGENT = "paper"
ZERO = Text.same("0")
STEP_S = 0.15
OUTCOMES = {
    "clean": (CheckResult.PASSED, Outcome.CLEAN),
    "hands": (CheckResult.PASSED, Outcome.CLEAN),
    "older": (CheckResult.PASSED, Outcome.CLEAN),
    "unverified": (CheckResult.UNKNOWN, Outcome.UNVERIFIED),
    "failing": (CheckResult.FAILED, Outcome.QUARANTINED),
}


class PaperAgent:
    """Connects, says what it has, and carries out what it is given."""

    def __init__(self, port: int, devices: Sequence[PaperDevice]) -> None:
        self.devices = {device.dev: device for device in devices}
        self._seen: dict[str, ExecutionReport] = {}
        self._canceled: set[str] = set()
        self._answered: set[str] = set()
        self._closed = False
        self._client = paho.Client(CallbackAPIVersion.VERSION2, AGENT)
        self._client.on_connect = lambda *_: self._greet()
        self._client.on_message = lambda _client, _data, message: self._hear(message)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def learn(self, driver: DriverManifest, device: PaperDevice) -> None:
        """It is updated, knows another driver, and sees a device for it."""
        self.devices[device.dev] = device
        told = self._inventory().model_copy(update={"version": "v2", "drivers": (*words.DRIVERS, driver)})
        self._send(topics.inventory(AGENT), told, True)
        self.report(device)

    def lose(self, device: PaperDevice) -> None:
        """Nobody can see it from here any more."""
        self.report(device, Presence.ABSENT)

    def close(self) -> None:
        self._closed = True
        self._client.disconnect()
        self._client.loop_stop()

    def report(self, device: PaperDevice, presence: Presence = Presence.PRESENT) -> None:
        """Say how this device is now."""
        device.seq += 1
        place = IdentityKind.SERIAL if device.known else IdentityKind.PLACE
        said = Report(
            dev=device.dev,
            birth=1,
            seq=device.seq,
            driver=device.driver if device.known else None,
            presence=presence,
            access=Access.OK if device.known else Access.NONE,
            name=device.name,
            kind="tablet" if device.known else "unknown",
            identities=(Identity(kind=place, value=f"SN-{device.dev}"),),
            facts=dict(device.facts),
            volatile={"battery": 80},
            traces=device.traces,
            sources=("usb",),
            candidates=device.candidates,
        )
        self._send(topics.report(AGENT, device.dev), said, retain=True)

    def _greet(self) -> None:
        self._client.subscribe(topics.all_down(AGENT), 1)
        self._send(topics.state(AGENT), AgentState(phase=AgentPhase.READY, birth=1, boot="b1", version="0.1"), True)
        self._send(topics.inventory(AGENT), self._inventory(), True)
        for device in self.devices.values():
            self.report(device)

    def _inventory(self) -> Inventory:
        devices = tuple(self.devices)
        return Inventory(version="v1", host="paper.local", drivers=words.DRIVERS, buses=words.BUSES, devices=devices)

    def _send(self, topic: str, message: WireModel, retain: bool = False) -> None:
        self._client.publish(topic, message.encode(), 1, retain)

    def _hear(self, message: paho.MQTTMessage) -> None:
        if message.topic != topics.next_work(AGENT):
            if message.topic == topics.ask(AGENT) and b"rebirth" in message.payload:
                threading.Thread(target=self._greet, daemon=True).start()
            return
        work = NextWork.model_validate_json(message.payload)
        self._canceled.update(work.cancel)
        self._answered.update(exec_id for exec_id, answers in work.answers.items() if answers)
        for execution in work.executions:
            if execution.exec in self._seen:
                self._tell(self._seen[execution.exec])
            else:
                begun = ExecutionReport(
                    exec=execution.exec, dev=execution.dev, ver=1, status=ExecutionStatus.IN_PROGRESS
                )
                self._seen[execution.exec] = begun
                threading.Thread(target=self._run, args=(execution, begun), daemon=True).start()

    def _tell(self, report: ExecutionReport) -> None:
        self._seen[report.exec] = report
        self._send(topics.execution(AGENT, report.exec), report)

    def _run(self, execution: Execution, report: ExecutionReport) -> None:
        device = self.devices[execution.dev]
        if execution.action != "reset":
            snapshot = {"apps": ["a"]} if execution.action == "record-baseline" else None
            self._tell(report.model_copy(update={"ver": 2, "status": ExecutionStatus.SUCCEEDED, "snapshot": snapshot}))
            return
        if device.manner == "older" and "older_because" not in execution.params:
            refused = {"ver": 2, "status": ExecutionStatus.FAILED, "trouble": words.OLDER}
            self._tell(report.model_copy(update=refused))
            return
        steps = [words.LOOK, words.ERASE, *([words.SIGN] if device.manner == "hands" else []), words.PROVE]
        for index, step in enumerate(steps):
            for state in self._states(step):
                steps[index] = step.model_copy(update={"state": state, "begun": 1, "progress": 0.5})
                waits = state is StepState.WAITING_PERSON
                status = ExecutionStatus.WAITING_PERSON if waits else ExecutionStatus.IN_PROGRESS
                report = report.model_copy(update={"ver": report.ver + 1, "status": status, "steps": tuple(steps)})
                self._tell(report)
                while waits and self._is_waited_for(execution.exec):
                    time.sleep(STEP_S)
                time.sleep(STEP_S)
                if execution.exec in self._canceled:
                    self._tell(report.model_copy(update={"ver": report.ver + 1, "status": ExecutionStatus.CANCELED}))
                    return
        self._finish(device, report)

    def _is_waited_for(self, exec_id: str) -> bool:
        return not self._closed and exec_id not in self._canceled and exec_id not in self._answered

    @staticmethod
    def _states(step: StepView) -> tuple[StepState, ...]:
        asks = (StepState.WAITING_PERSON,) if step.ask else ()
        return (StepState.RUNNING, *asks, StepState.DONE)

    def _finish(self, device: PaperDevice, report: ExecutionReport) -> None:
        result, outcome = OUTCOMES[device.manner]
        files = Check(id="files", title=words.FILES.title, result=CheckResult.PASSED, expected=ZERO, observed=ZERO)
        accounts = Check(
            id="accounts",
            title=words.ACCOUNTS.title,
            result=result,
            expected=Text(de="kein Konto", en="no account"),
            observed=Text(de="ein Konto", en="one account") if result is CheckResult.FAILED else None,
        )
        device.traces = {}
        self.report(device)
        ended = {
            "ver": report.ver + 1,
            "status": ExecutionStatus.SUCCEEDED,
            "outcome": outcome,
            "checks": (files, accounts),
        }
        self._tell(report.model_copy(update=ended))
