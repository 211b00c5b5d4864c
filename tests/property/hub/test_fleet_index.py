"""The fleet in memory always equals a naive list of rows."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from medialab_hub.api.schemas.devices import DeviceRow
from medialab_hub.domain.natural_order import natural_key
from medialab_hub.errors import HubError
from medialab_hub.services.fleet import COLUMNS, FleetEvent, FleetIndex, FleetQuery
from medialab_hub.services.projection import Changes

IDS = st.sampled_from([f"dev-{letter}" for letter in "abcdefgh"])
NAMES = st.text(max_size=4)
STATUSES = st.sampled_from(["found", "ready", "used", "retired"])


def row_of(key: str, name: str, status: str, battery: int | None) -> dict:
    row = dict.fromkeys(COLUMNS)
    given = {"id": key, "seq": 1, "name": name, "kind": "tablet", "status": status, "presence": "present"}
    rest = {"access": "ok", "adopted": status != "found", "model": "", "traces": 0, "issues": 0, "battery": battery}
    return {**row, **given, **rest}


class Fleet(RuleBasedStateMachine):
    """Commits, volatile values and questions in any order."""

    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.index, self.truth, self.seq = FleetIndex(), {}, 0
        self.stored: dict[str, int | None] = {}
        self.told: list[FleetEvent] = []
        self.index.listeners.append(self.told.append)

    def commit(self, **news: list) -> None:
        self.seq += 1
        self.index.apply(Changes(self.seq, **news))

    @rule(target=keys, key=IDS, name=NAMES, status=STATUSES, battery=st.none() | st.integers(0, 100))
    def reported(self, key: str, name: str, status: str, battery: int | None) -> str:
        self.truth[key] = row_of(key, name, status, battery)
        self.stored[key] = battery
        self.commit(devices=[dict(self.truth[key])], reported=[key])
        assert (self.told[-1].name, self.told[-1].subject, self.told[-1].seq) == ("device", key, self.seq)
        return key

    @rule(key=keys, battery=st.integers(0, 100))
    def volatile(self, key: str, battery: int) -> None:
        before = len(self.told)
        self.index.take_volatile(key, {"battery": battery}, None)
        if key in self.truth:
            self.truth[key]["battery"] = battery
            assert orjson.loads(self.told[-1].data)["battery"] == battery
        else:
            assert len(self.told) == before

    @rule(key=keys, name=NAMES)
    def renamed(self, key: str, name: str) -> None:
        """The database does not have the latest battery yet."""
        if key in self.truth:
            self.truth[key]["name"] = name
            stored = self.stored.get(key, self.truth[key]["battery"])
            self.commit(devices=[{**self.truth[key], "battery": stored}])

    @rule(key=keys)
    def merged_away(self, key: str) -> None:
        self.truth.pop(key, None)
        self.commit(gone=[key])

    @invariant()
    def rows_agree(self) -> None:
        assert {key: self.index.row(key) for key in self.index.ids()} == self.truth
        snapshot = orjson.loads(self.index.snapshot())
        assert [dict(zip(snapshot["columns"], line, strict=True)) for line in snapshot["rows"]] == self.ordered()

    @invariant()
    def pages_agree(self) -> None:
        for query in (FleetQuery(), FleetQuery(status="retired"), FleetQuery(text="A"), FleetQuery(adopted=True)):
            assert [row["id"] for row in self.paged(query)] == [row["id"] for row in self.wanted(query)]

    def paged(self, query: FleetQuery) -> list[dict]:
        rows, after = [], None
        while True:
            page = self.index.page(query, after, 2)
            rows += [orjson.loads(item) for item in page.items]
            assert page.total == len(self.wanted(query))
            if (after := page.after) is None:
                return rows

    def ordered(self) -> list[dict]:
        return sorted(self.truth.values(), key=lambda row: (natural_key(row["name"]), row["id"]))

    def wanted(self, query: FleetQuery) -> list[dict]:
        return [
            row
            for row in self.ordered()
            if (row["status"] == query.status if query.status else row["status"] != "retired")
            if query.adopted is None or row["adopted"] == query.adopted
            if all(
                word in "\n".join([row["name"], row["kind"], row["id"]]).casefold()
                for word in query.text.casefold().split()
            )
        ]


TestFleet = Fleet.TestCase
TestFleet.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


def test_a_row_has_exactly_the_fields_of_the_contract() -> None:
    assert set(COLUMNS) == set(DeviceRow.model_fields)


@given(st.text(max_size=30))
def test_any_text_as_cursor_is_a_page_or_a_refusal(cursor: str) -> None:
    try:
        FleetIndex().page(FleetQuery(), cursor)
    except HubError as refusal:
        assert refusal.code == "not-a-cursor"


def test_a_cursor_outlives_its_device() -> None:
    index = FleetIndex()
    index.apply(Changes(1, devices=[row_of(f"dev-{n}", f"n{n}", "ready", None) for n in range(5)]))
    page = index.page(FleetQuery(), None, 2)
    index.apply(Changes(2, gone=["dev-1"]))
    rest = index.page(FleetQuery(), page.after, 10)
    assert [orjson.loads(item)["id"] for item in rest.items] == ["dev-2", "dev-3", "dev-4"]
    with pytest.raises(HubError):
        index.page(FleetQuery(), "%%%")
