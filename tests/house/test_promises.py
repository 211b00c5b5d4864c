"""Promises of the decision records that no import contract can hold."""

import ast
import re
from typing import get_args

import pytest

from medialab_agent.sdk.driver import Driver
from medialab_hub.api.schemas.access import AccessComputerView, AccessKeyView, AccessView
from medialab_hub.domain.reset_policy import Evidence, judge
from medialab_hub.storage.tables.devices import Device
from medialab_wire.capabilities import CheckSpec, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, ExecutionStatus, Outcome
from medialab_wire.schema import json_schema
from medialab_wire.sealed import SealedText
from medialab_wire.texts import Text
from tests.house.tree import parsed, product_python

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


def test_what_people_enter_travels_sealed_and_at_one_place() -> None:
    definitions = json_schema()["$defs"]
    assert isinstance(definitions, dict)
    fields = {f"{m}.{name}": how for m, s in definitions.items() for name, how in s.get("properties", {}).items()}
    assert [name for name in fields if "seal" in name] == ["AgentState.seal_key", "Config.sealed"]
    (of_one_device,) = fields["Config.sealed"]["patternProperties"].values()
    (pattern,) = (how["pattern"] for how in of_one_device["patternProperties"].values())
    assert pattern == get_args(SealedText)[1].pattern
    assert not re.match(pattern, "a password of 32 characters long")
    shown = {model: set(model.model_fields) for model in (AccessView, AccessComputerView, AccessKeyView)}
    asked = {"key", "title", "where", "optional", "pattern", "pattern_help"}
    assert shown == {
        AccessView: {"keys", "computers", "why"},
        AccessComputerView: {"name", "present", "holds"},
        AccessKeyView: {*asked, "state", "since", "by"},
    }


def test_one_module_of_the_hub_does_cryptography() -> None:
    """Passwords of accounts are hashed by argon2, and the journal is chained by plain hashes."""
    imported = {
        name
        for name in product_python()
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Import | ast.ImportFrom)
        if any(word.startswith("cryptography") for word in _modules(node))
    }
    drivers_own = ("agents/medialab_agent/drivers/", "agents/medialab_agent/sdk/firmware", "agents/medialab_agent/cli/")
    assert {name for name in imported if not name.startswith(drivers_own)} == {
        "hub/medialab_hub/adapters/sealing.py",
        "agents/medialab_agent/link/seal_key.py",
    }


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


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
