"""The stock is the sum of what came and went: never below zero, each change once, and low is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.supplies import NotThatMany, SupplyKind, change_of, stock
from medialab_hub.errors import Conflict, HubError, NotFound
from medialab_hub.services import issues, supplies, supply_rows
from medialab_hub.services.supplies import Kept, Move
from tests.fixtures.hub_core import HubCore

BOUGHT, USED, COUNTED = SupplyKind.BOUGHT, SupplyKind.USED, SupplyKind.COUNTED


@given(st.lists(st.tuples(st.sampled_from(SupplyKind), st.integers(0, 30)), max_size=40))
def test_whatever_is_entered_nobody_takes_what_is_not_there(wishes: list[tuple[SupplyKind, int]]) -> None:
    changes: list[int] = []
    shelf: list[str] = []
    for kind, quantity in wishes:
        try:
            changes.append(change_of(kind, quantity, stock(changes)))
        except NotThatMany as error:
            assert error.there == len(shelf) < quantity
            continue
        except ValueError:
            assert quantity == 0 and kind is not COUNTED
            continue
        if kind is COUNTED:
            shelf = ["one"] * quantity
        elif kind is BOUGHT:
            shelf += ["one"] * quantity
        else:
            del shelf[:quantity]
        assert stock(changes) == len(shelf)


def test_what_came_and_went_is_noted_once(core: HubCore) -> None:
    key = core.do(supplies.add, Kept(" PLA  weiß ", "Rolle", 3), "usr-1")
    for wish in (Move(BOUGHT, 5, client_key="k1"), Move(BOUGHT, 5, client_key="k1"), Move(USED, 2), Move(COUNTED, 4)):
        core.do(supplies.move, key, wish, "usr-1")
    (row,) = core.read(supply_rows.every)
    assert (row["name"], row["there"], row["is_low"]) == ("PLA weiß", 4, False)
    assert [one["change"] for one in core.read(supply_rows.moves, key)] == [1, -2, 5]
    with pytest.raises(Conflict) as refused:
        core.do(supplies.move, key, Move(USED, 5), "usr-1")
    assert (refused.value.code, refused.value.title.de) == ("not-that-many", "So viel ist nicht mehr da: 4 Rolle.")
    for wrong in (Move(USED, 0), Move(BOUGHT, -3), Move(BOUGHT, 10**7), Move(USED, 1, booking="bok-none")):
        with pytest.raises(HubError):
            core.do(supplies.move, key, wrong, "usr-1")


def test_what_runs_out_is_said_until_some_is_bought(core: HubCore) -> None:
    key = core.do(supplies.add, Kept("Gesichtspolster", minimum=2), "usr-1")
    found = core.read(issues.of_the_rest)
    assert [(one.check, one.subject) for one in found] == [("supply-low", key)]
    core.do(supplies.move, key, Move(BOUGHT, 2), "usr-1")
    assert core.read(issues.of_the_rest) == []


def test_names_are_there_once_and_it_can_go(core: HubCore) -> None:
    key = core.do(supplies.add, Kept("Batterien AA"), "usr-1")
    with pytest.raises(Conflict, match="name-taken"):
        core.do(supplies.add, Kept("Batterien AA "), "usr-1")
    core.do(supplies.change, key, 0, Kept("Batterien AA", "Packung", 1), "usr-1")
    with pytest.raises(Conflict):
        core.do(supplies.change, key, 0, Kept("Batterien AAA"), "usr-1")
    core.do(supplies.move, key, Move(BOUGHT, 1), "usr-1")
    core.do(supplies.remove, key, "usr-1")
    with pytest.raises(NotFound):
        core.read(supply_rows.moves, key)
    assert core.read(supply_rows.every) == []
