"""Promises of the decision records that no import contract can hold."""

import re

import pytest

from medialab_agent.sdk.driver import Driver
from medialab_hub.domain.reset_policy import Evidence, judge
from medialab_hub.storage.tables.devices import Device
from medialab_wire.capabilities import CheckSpec, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, ExecutionStatus, Outcome
from medialab_wire.schema import json_schema
from medialab_wire.texts import Text

WORDS = Text(de="Leer", en="Empty")
LEVEL = ResetLevel(id="light", title=WORDS, erases=(WORDS,), typical_s=1, checks=(CheckSpec(id="empty", title=WORDS),))


def test_a_driver_has_seven_verbs() -> None:
    verbs = {"probe", "report", "plan", "do", "verify", "find_me", "stop"}
    assert Driver.__abstractmethods__ == verbs | {"key"}
    public = {name for name, member in vars(Driver).items() if callable(member) and not name.startswith("_")}
    assert public == verbs | {"snapshot", "watch", "close"}


def test_no_secret_travels_on_the_wire() -> None:
    secret = re.compile(r"secret|passw|token|credential|api_?key|psk|private", re.I)
    definitions = json_schema()["$defs"]
    assert isinstance(definitions, dict)
    named = [f"{model}.{field}" for model, schema in definitions.items() for field in schema.get("properties", {})]
    assert len(named) > 50
    assert not [field for field in named if secret.search(field)]


def test_the_device_table_stores_no_status() -> None:
    assert not {"status", "state", "available", "is_available", "is_ready"} & Device.model_fields.keys()


@pytest.mark.parametrize("result", [None, CheckResult.UNKNOWN, CheckResult.FAILED])
def test_nothing_is_clean_without_evidence(result: CheckResult | None) -> None:
    checks = () if result is None else (Check(id="empty", title=WORDS, result=result),)
    claimed = Evidence(ExecutionStatus.SUCCEEDED, checks=checks, claimed=Outcome.CLEAN)
    assert judge(LEVEL, claimed).outcome is not Outcome.CLEAN


def test_a_machine_does_not_speak_for_a_person() -> None:
    demanded = CheckSpec(id="empty", title=WORDS, kind=EvidenceKind.PERSON)
    level = LEVEL.model_copy(update={"checks": (demanded,)})
    check = Check(id="empty", title=WORDS, result=CheckResult.PASSED)
    evidence = Evidence(ExecutionStatus.SUCCEEDED, checks=(check,), claimed=Outcome.CLEAN)
    assert judge(level, evidence).outcome is not Outcome.CLEAN


def test_full_evidence_is_clean() -> None:
    check = Check(id="empty", title=WORDS, result=CheckResult.PASSED)
    evidence = Evidence(ExecutionStatus.SUCCEEDED, checks=(check,), claimed=Outcome.CLEAN)
    assert judge(LEVEL, evidence).outcome is Outcome.CLEAN
