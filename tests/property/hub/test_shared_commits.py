"""However use cases are spread over commits, rows, journal and the fleet in memory are the same."""

import itertools
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from medialab_hub.services import agents, inventory, reports
from medialab_hub.services.fleet import FleetIndex
from medialab_hub.storage import devices, journal
from medialab_hub.storage.database import open_database
from medialab_hub.storage.migrate import migrate
from medialab_hub.storage.tables import Connection, Device
from medialab_hub.storage.tables.journal import JournalRow
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.presence import AgentPhase, AgentState
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore, hub_core
from tests.fixtures.postgresql import create_on, postgresql_server

DEVS = ("t1", "t2", "t3")
SAID = st.fixed_dictionaries(
    {},
    optional={
        "facts": st.sampled_from([{}, {"model": "Tab 2"}, {"model": "Tab 3", "os": 14}]),
        "traces": st.sampled_from([{}, {"files": 2}]),
        "presence": st.sampled_from(["present", "silent", "absent"]),
        "driver": st.sampled_from([None, "tablet"]),
        "name": st.sampled_from(["Fuchs", "Igel"]),
        "volatile": st.sampled_from([{"battery": 7}, {"battery": 70}]),
        "identities": st.sampled_from([(), (say.serial("SN-t1"),)]),
    },
)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["report", "report", "fails", "edited and fails"]), st.sampled_from(DEVS), SAID),
    st.tuples(st.sampled_from(["adopt", "leave", "return"]), st.sampled_from(DEVS), st.just({})),
)
GROUPS = st.lists(st.lists(STEPS, min_size=1, max_size=5), min_size=1, max_size=4)
Step = tuple[str, str, dict[str, Any]]


def prepared(url: str) -> None:
    database = open_database(url)
    migrate(database)
    database.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "hub.sqlite"
    prepared(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL server whose database `empty` has all tables and no rows."""
    with postgresql_server() as url:
        prepared(create_on(url, "empty"))
        yield url


def adopt(uow: UnitOfWork, dev: str) -> None:
    for connection in devices.connections_at(uow.session, "pi"):
        if connection.dev == dev:
            inventory.adopt(uow, [inventory.AdoptWish(connection.device_id, name=f"ours {dev}")], False, "staff")


def use_case(step: Step, number: int) -> Callable[[UnitOfWork], Any]:
    what, dev, said = step

    def run(uow: UnitOfWork) -> None:
        fresh = itertools.count(number * 1000)
        uow.random_bits = lambda _bits: next(fresh)  # the same ids in both
        if what == "edited and fails":
            adopt(uow, dev)
        if what in ("report", "fails", "edited and fails"):
            reports.take_report(uow, "pi", say.report(dev, number, **said))
        elif what == "adopt":
            adopt(uow, dev)
        else:
            phase = AgentPhase.LOST if what == "leave" else AgentPhase.READY
            agents.take_state(uow, "pi", AgentState(phase=phase, birth=number, boot="b", version="0"))
        if "fails" in what:
            adopt(uow, dev)
            raise ValueError(what)

    return run


def play(core: HubCore, groups: list[list[Step]]) -> None:
    """Each group shares one commit."""
    number = 0
    for group in groups:
        is_held, is_free = threading.Event(), threading.Event()
        core.writer.submit(lambda _uow, held=is_held, free=is_free: (held.set(), free.wait(10)))
        is_held.wait(10)
        answers = []
        for step in group:
            number += 1
            answers.append((step[0], core.writer.submit(use_case(step, number))))
        is_free.set()
        for what, answer in answers:
            assert isinstance(answer.exception(10), ValueError) == ("fails" in what), answer.exception(10)


def stored(core: HubCore) -> list[dict[str, Any]]:
    """Journal, rows and fleet."""
    with Session(core.database.reader) as session:
        assert journal.first_broken(session) is None
        assert shown(core.index) == shown(FleetIndex.load(session, core.clock.now())), "the news tell what is stored"
        rows = [row for table in (JournalRow, Connection, Device) for row in session.exec(select(table))]
        return sorted([row.model_dump(mode="json") for row in rows], key=str) + shown(core.index)


def shown(index: FleetIndex) -> list[dict[str, Any]]:
    return sorted([row for key in index.ids() if (row := index.row(key))], key=lambda row: row["id"])


def cores(fresh: Callable[[str], str]) -> Iterator[HubCore]:
    for name in ("alone", "shared"):
        database = open_database(fresh(name))
        with hub_core(database) as core:
            yield core
        database.close()


def compare(fresh: Callable[[str], str], groups: list[list[Step]]) -> None:
    """`fresh` makes an empty database of this name."""
    found = []
    spread = [[[step] for group in groups for step in group], groups]
    for core, split in zip(cores(fresh), spread, strict=True):
        play(core, split)
        found.append(stored(core))
    alone, shared = found
    assert shared == alone


@settings(max_examples=25, deadline=None)
@given(groups=GROUPS)
def test_it_does_not_matter_who_shares_a_commit(empty: Path, groups: list[list[Step]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compare(lambda name: f"sqlite:///{shutil.copy(empty, Path(folder) / name)}", groups)


@settings(max_examples=8, deadline=None)
@given(groups=GROUPS)
def test_it_does_not_matter_on_postgresql_either(server: str, groups: list[list[Step]]) -> None:
    compare(lambda name: create_on(server, name, "empty"), groups)


def test_an_agent_may_have_any_name(empty: Path, tmp_path: Path) -> None:
    """Also one that the session keeps something of its own by."""
    database = open_database(f"sqlite:///{shutil.copy(empty, tmp_path / 'hub.sqlite')}")
    with hub_core(database) as core:
        first = core.find(agent="rows-put")
        assert core.do(reports.take_report, "rows-put", say.report("t1", 2, name="Igel")) is not None
        assert core.row(first)["name"] == "Igel"
        assert core.row(core.find("t2", agent="rows-put"))["status"] == "found"
    database.close()
