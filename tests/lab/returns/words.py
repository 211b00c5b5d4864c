"""What the agents of the returns lab say: two drivers, one whose proof needs a person, and everything about a reset."""

from medialab_wire.capabilities import CheckSpec, DriverManifest, EvidenceKind, Quality, ResetLevel
from medialab_wire.progress import Check, CheckResult, ExecutionReport, ExecutionStatus, Outcome, StepState, StepView
from medialab_wire.reports import Access, Identity, IdentityKind, Inventory, Report
from medialab_wire.texts import Text

SLATE, BOX = "slate", "box"


def text(word: str) -> Text:
    """The same in both languages."""
    return Text.same(word)


FILES = CheckSpec(id="files", title=text("files"))
ACCOUNTS = CheckSpec(id="accounts", title=text("accounts"))
LENS = CheckSpec(id="lens", title=text("lens"), kind=EvidenceKind.PERSON)
LIGHT = ResetLevel(id="light", title=text("light"), erases=(text("files"),), typical_s=20, checks=(FILES,))
TIDY = ResetLevel(id="tidy", title=text("tidy"), erases=(text("all"),), typical_s=20, checks=(FILES, ACCOUNTS))
BY_HAND = ResetLevel(id="hand", title=text("hand"), erases=(text("files"),), typical_s=20, checks=(FILES, LENS))


def manifest(driver: str, *levels: ResetLevel) -> DriverManifest:
    """A driver whose last level is the one that makes ready."""
    return DriverManifest(
        id=driver,
        name=text(driver),
        version="1.0",
        quality=Quality.PROVEN,
        device_kinds=("tablet",),
        levels=levels,
        default_level=levels[-1].id,
    )


DRIVERS = (manifest(SLATE, LIGHT, TIDY), manifest(BOX, BY_HAND))
DEMANDED = {SLATE: (FILES, ACCOUNTS), BOX: (FILES, LENS)}
WIPE = StepView(id="wipe", title=text("wipe"), state=StepState.RUNNING, begun=1)
WIPED = WIPE.model_copy(update={"state": StepState.DONE})
ASK = StepView(id="look", title=text("look"), state=StepState.WAITING_PERSON, begun=1, ask=text("look"), check=LENS.id)
LOOKED = ASK.model_copy(update={"state": StepState.DONE})


def inventory(version: str, devs: tuple[str, ...]) -> Inventory:
    """Both drivers, and what is there."""
    return Inventory(version=version, host="lab", drivers=DRIVERS, devices=devs)


def found(dev: str, driver: str, order: tuple[int, int], serial: str = "") -> Report:
    """What is at this connection."""
    identity = Identity(kind=IdentityKind.SERIAL, value=serial or f"SN-{dev}", scope="returns")
    return Report(
        dev=dev,
        birth=order[0],
        seq=order[1],
        driver=driver,
        access=Access.OK,
        name=f"Tab {dev}",
        kind="tablet",
        identities=(identity,),
        sources=("adb",),
    )


def made(spec: CheckSpec, result: CheckResult = CheckResult.PASSED, **changes: object) -> Check:
    """One piece of evidence."""
    said = {"id": spec.id, "title": spec.title, "kind": spec.kind, "result": result}
    by = {"by": "staff"} if spec.kind is EvidenceKind.PERSON else {}
    return Check.model_validate({**said, **by, **changes})


def proof(exec_id: str, dev: str, driver: str, ver: int) -> ExecutionReport:
    """Everything that the default level of the driver demands."""
    return ExecutionReport(
        exec=exec_id,
        dev=dev,
        ver=ver,
        status=ExecutionStatus.SUCCEEDED,
        steps=(WIPED, LOOKED) if driver == BOX else (WIPED,),
        checks=tuple(made(spec) for spec in DEMANDED[driver]),
        outcome=Outcome.CLEAN,
    )
