"""What people enter so that a device lets us in: sealed at once, stored and handed on sealed, never given back."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from medialab_hub.domain.access import Wrong, cleaned, other_form, state_of, wrong_with
from medialab_hub.domain.events import Happened
from medialab_hub.errors import HubError
from medialab_hub.services.names import name_of
from medialab_hub.services.ownership import bump_config
from medialab_hub.services.refusals import job_is_open, no_such, not_possible, not_understood
from medialab_hub.services.stamps import stamp
from medialab_hub.services.subjects import reported, require_device, require_idle
from medialab_hub.storage import access, agents, devices, jobs
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Agent, Connection, Device, EnteredAccess
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.capabilities import AccessSpec
from medialab_wire.presence import AgentPhase
from medialab_wire.reports import Access, Presence
from medialab_wire.texts import Text

Row = dict[str, Any]
Seal = Callable[[str, str, str, str], str]
"""An agent's public key, its name of a connection, key, text → sealed text. ValueError: that public key is none."""

NOT_ADOPTED = Text(
    de="Das Gerät gehört nicht zum Bestand: zuerst aufnehmen.",
    en="The device is not part of the inventory: adopt it first.",
)
NO_KEY = Text(
    de="Der Rechner, an dem dieses Gerät hängt, kann noch nichts Vertrauliches annehmen. Dort das Programm erneuern.",
    en="The computer this device is connected to cannot take confidential things yet. Update the program there.",
)
BAD_KEY = Text(
    de="Der Rechner, an dem dieses Gerät hängt, nennt einen unbrauchbaren Schlüssel. Dort das Programm neu starten.",
    en="The computer this device is connected to names an unusable key. Restart the program there.",
)
_WORDS = {
    Wrong.UNKNOWN_KEY: Text(de="Danach fragt dieses Gerät nicht.", en="This device does not ask for that."),
    Wrong.MISSING: Text(de="Bitte alle Felder ausfüllen.", en="Please fill in all fields."),
    Wrong.TOO_LONG: Text(de="Das ist zu lang: höchstens 256 Zeichen.", en="That is too long: at most 256 characters."),
    Wrong.UNREADABLE: Text(
        de="Darin ist ein unsichtbares Zeichen. Bitte von Hand tippen.",
        en="There is an invisible character in it. Please type it by hand.",
    ),
    Wrong.OTHER_FORM: Text(
        de="So sieht das nicht aus. Bitte noch einmal genau ansehen.",
        en="That is not what it looks like. Please look at it closely once more.",
    ),
}


def access_view(session: Session, device_id: str) -> Row:
    """What the device asks for and what of it was entered, by whom and when; never what. Raises `NotFound`."""
    device = devices.get(session, device_id)
    if device is None or device.merged_into is not None:
        raise no_such("device", device_id)
    ways = devices.connections_of(session, [device.id])
    way = _shown(device, ways)
    asked = () if way is None else _asked_over(session, way)
    if way is None or not asked:
        return {"keys": [], "computers": [], "why": None}
    agent = agents.get(session, way.agent_id)
    seal_key = "" if agent is None else agent.seal_key
    entered = {row.key: row for row in access.of(session, [way.id]) if row.sealed}
    why = NOT_ADOPTED if not _is_ours(device) else None if seal_key else NO_KEY
    keys = [_key(session, spec, entered.get(spec.key), seal_key) for spec in asked]
    return {
        "keys": keys,
        "computers": _computers(session, device, ways),
        "why": None if why is None else why.model_dump(),
    }


def _computers(session: Session, device: Device, ways: Sequence[Connection]) -> list[Row]:
    """The computers it goes to, and those that still have something: by name."""
    goes = {way.agent_id for way in _goes_to(device, ways)}
    given = {row.connection_id for row in access.of(session, [way.id for way in ways])}
    holds = {way.agent_id for way in ways if way.id in given}
    found = [agent for name in goes | holds if (agent := agents.get(session, name)) is not None]
    rows = [
        {"name": agent.host or agent.id, "present": _is_there(agent), "holds": agent.id in holds} for agent in found
    ]
    return sorted(rows, key=lambda row: str(row["name"]))


def _goes_to(device: Device, ways: Sequence[Connection]) -> list[Connection]:
    """The way in use and those that reach the device now with the same driver; not those that once did."""
    shown = _shown(device, ways)
    if shown is None:
        return []
    return [
        way for way in ways if way.id == shown.id or (way.driver == shown.driver and way.presence == Presence.PRESENT)
    ]


def _key(session: Session, spec: AccessSpec, entered: EnteredAccess | None, seal_key: str) -> Row:
    by = None if entered is None else name_of(session, entered.actor)
    return {
        **spec.model_dump(mode="json"),
        "state": state_of(None if entered is None else entered.seal_key, seal_key).value,
        "since": stamp(None if entered is None else entered.entered_at),
        "by": None if by is None else by.model_dump(),
    }


def enter(uow: UnitOfWork, device_id: str, typed: Mapping[str, str], actor: str, seal: Seal) -> None:
    """Seal it for the agents that reach the device now, in place of what was entered before.

    Raises `NotFound`, `Conflict`, also while a job runs on a device that lets us in, and `HubError` for what cannot be
    taken; none of them says what was typed."""
    device = require_device(uow, device_id)
    if not _is_ours(device):
        raise not_possible("not-adopted", NOT_ADOPTED, device.name)
    ways = devices.connections_of(uow.session, [device.id])
    shown = _shown(device, ways)
    values = cleaned(typed)
    _require_right(values, () if shown is None else _asked_over(uow.session, shown))
    if shown is not None and shown.access == Access.OK:
        require_idle(uow, device.id)  # what opens it now must not be replaced under a job by what may not
    fresh = _sealed(uow, _goes_to(device, ways), values, seal)
    _clear(uow, ways)
    access.forget(uow.session, [row.connection_id for row in fresh])
    for row in fresh:
        row.actor = actor
        uow.session.add(row)
    uow.session.flush()
    _tell(uow, ways)
    reported(uow, device, Happened.ACCESS_ENTERED, actor, keys=sorted(values))


def _require_right(values: Mapping[str, str], asked: Sequence[AccessSpec]) -> None:
    wrong = wrong_with(values, asked)
    if wrong is Wrong.OTHER_FORM and (spec := other_form(values, asked)) is not None:
        raise HubError(wrong.value, _WORDS[wrong], spec.pattern_help)
    if wrong is not None:
        raise not_understood(wrong.value, _WORDS[wrong])


def _sealed(uow: UnitOfWork, ways: Sequence[Connection], values: Mapping[str, str], seal: Seal) -> list[EnteredAccess]:
    """One row for each way and key. An agent whose key is none does not keep the others from theirs."""
    with_key = [(way, key) for way in ways if (key := _seal_key(uow, way))]
    if not with_key:
        raise not_possible("agent-without-key", NO_KEY)
    rows = []
    for way, seal_key in with_key:
        with suppress(ValueError):
            texts = {key: seal(seal_key, way.dev, key, text) for key, text in values.items()}
            rows += [
                EnteredAccess(connection_id=way.id, key=key, sealed=text, seal_key=seal_key, entered_at=uow.now)
                for key, text in texts.items()
            ]
    if not rows:
        raise not_possible("agent-key-unusable", BAD_KEY)
    return rows


def forget(uow: UnitOfWork, device_id: str, actor: str) -> None:
    """Its agents forget it, those that are gone when they are back. Raises `NotFound`, and `Conflict` as `drop`."""
    if not drop(uow, require_device(uow, device_id), actor):
        raise no_such("access", device_id)


def drop(uow: UnitOfWork, device: Device, actor: str) -> int:
    """Delete all that was entered for it; how many keys it had. The device leaves, or somebody wants it forgotten.

    Raises `Conflict` while an agent that is there has a job open on it: it needs the access to its end, for example
    to switch a heater off. One that is gone, perhaps stolen, does not keep anybody from it."""
    ways = devices.connections_of(uow.session, [device.id])
    if any(row.sealed for row in access.of(uow.session, [way.id for way in ways])):
        _require_no_work(uow, device)
    keys = _clear(uow, ways)
    if keys:
        _tell(uow, ways)
        reported(uow, device, Happened.ACCESS_FORGOTTEN, actor, keys=keys)
    return len(keys)


def _require_no_work(uow: UnitOfWork, device: Device) -> None:
    for job in jobs.open_of(uow.session, [device.id]):
        agent = None if job.agent_id is None else agents.get(uow.session, job.agent_id)
        if agent is None or _is_there(agent):
            raise job_is_open(job.id)


def _clear(uow: UnitOfWork, ways: Sequence[Connection]) -> list[str]:
    """Delete what was entered for these ways; which keys it was. Of an agent that is not there it is kept that it
    still has something."""
    keys = sorted({row.key for row in access.of(uow.session, [way.id for way in ways]) if row.sealed})
    there = {way.id for way in ways if (agent := agents.get(uow.session, way.agent_id)) and _is_there(agent)}
    access.forget(uow.session, there)
    access.blank(uow.session, [way.id for way in ways if way.id not in there])
    return keys


def drop_about(uow: UnitOfWork, subject: str, actor: str) -> int:
    """The same, if that subject is a device."""
    device = devices.get(uow.session, subject)
    return 0 if device is None else drop(uow, device, actor)


def lose(uow: UnitOfWork, way: Connection) -> None:
    """Another device is behind that way from now on: what was entered for the one before is not for it."""
    if access.forget(uow.session, [way.id]):
        _tell(uow, [way])


def agent_is_back(uow: UnitOfWork, agent_id: str) -> None:
    """It hears now what was forgotten while it was away."""
    for key in access.forget_blanks_at(uow.session, agent_id):
        uow.touch_device(key)


def tell_of_new_key(uow: UnitOfWork, agent_id: str, before: str) -> None:
    """The agent has another key pair: what was sealed to the one before has to be entered again."""
    bump_config(uow, agent_id)
    for key in access.devices_at(uow.session, agent_id, before):
        if (device := devices.get(uow.session, key)) is not None:
            reported(uow, device, Happened.ACCESS_LOST, agent=agent_id)


def _tell(uow: UnitOfWork, ways: Sequence[Connection]) -> None:
    for agent in sorted({way.agent_id for way in ways}):
        bump_config(uow, agent)


def _seal_key(uow: UnitOfWork, way: Connection) -> str:
    agent = agents.get(uow.session, way.agent_id)
    return "" if agent is None else agent.seal_key


def _is_there(agent: Agent) -> bool:
    return agent.phase == AgentPhase.READY


def _is_ours(device: Device) -> bool:
    return device.adopted_at is not None and device.retired_at is None


def _shown(device: Device, ways: Sequence[Connection]) -> Connection | None:
    """The way the device's page speaks of: its owner, else the first with a driver."""
    owner = next((way for way in ways if way.id == device.owner_id), None)
    return owner or min((way for way in ways if way.driver), key=lambda way: way.id, default=None)


def _asked_over(session: Session, way: Connection) -> tuple[AccessSpec, ...]:
    manifest = agents.manifest(session, way.driver)
    return () if manifest is None else manifest.access
