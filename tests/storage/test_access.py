"""What people enter is stored sealed, reaches only who can open it, and goes when it has to."""

from pathlib import Path

import pytest

from medialab_agent.link.seal_key import SealKey
from medialab_hub.adapters.sealing import seal
from medialab_hub.errors import Conflict, HubError, NotFound
from medialab_hub.services import access, agents, executions, inventory, jobs, reports, views
from medialab_hub.services.erasure import erase_texts
from medialab_hub.services.forgetting import FORGET_AFTER, forget_gone
from medialab_hub.storage.journal import newest
from medialab_wire.presence import AgentPhase
from medialab_wire.reports import Access, Presence
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore
from tests.fixtures.locked import LOCKED, PASSWORD, bring, shut, stock, with_key

TYPED = {"password": "Zauberwald 7"}


@pytest.fixture
def pi(tmp_path: Path) -> SealKey:
    """An agent's key pair."""
    return SealKey(tmp_path / "pi-key")


@pytest.fixture
def device(core: HubCore, pi: SealKey) -> str:
    """It needs a password."""
    return core.do(bring, pi.public)


def given(core: HubCore, key: SealKey, agent: str = "pi") -> dict[str, dict[str, str]]:
    """What the agent can open of what it is given."""
    return key.open_all(core.read(agents.config_for, agent).sealed)


def states(core: HubCore, device: str) -> dict[str, str]:
    return {key["key"]: key["state"] for key in core.read(access.access_view, device)["keys"]}


def computers(core: HubCore, device: str) -> list[tuple[str, bool, bool]]:
    rows = core.read(access.access_view, device)["computers"]
    return [(row["name"], row["present"], row["holds"]) for row in rows]


def test_what_is_entered_reaches_the_agent_and_nobody_else(core: HubCore, device: str, pi: SealKey) -> None:
    before = core.read(agents.config_for, "pi").version
    core.do(access.enter, device, {"password": "  Zauberwald 7\n"}, "user-1", seal)
    assert core.read(agents.config_for, "pi").version > before
    assert given(core, pi) == {"t1": TYPED}, "white space of copying is gone"
    view = core.read(access.access_view, device)
    assert "Zauberwald" not in repr(view)
    assert [(key["key"], key["state"], bool(key["since"])) for key in view["keys"]] == [
        ("password", "entered", True),
        ("user", "missing", False),
    ]


def test_the_journal_says_who_and_for_what_but_not_what(core: HubCore, device: str) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    core.do(access.forget, device, "user-2")
    told = [row for row in core.read(newest, None, 50) if row.kind.startswith("access.")]
    assert [(row.kind, row.subject, row.actor, row.data["keys"]) for row in told] == [
        ("access.forgotten", device, "user-2", ["password"]),
        ("access.entered", device, "user-1", ["password"]),
    ]
    assert "Zauberwald" not in repr([row.data for row in told])


def test_entering_anew_replaces_all_of_it(core: HubCore, device: str, pi: SealKey) -> None:
    core.do(access.enter, device, {**TYPED, "user": "ada"}, "user-1", seal)
    core.do(access.enter, device, {"password": "neu"}, "user-1", seal)
    assert given(core, pi) == {"t1": {"password": "neu"}}


def test_what_cannot_be_a_password_is_refused_without_repeating_it(core: HubCore, device: str) -> None:
    with pytest.raises(HubError, match="access-unreadable") as refused:
        core.do(access.enter, device, {"password": "a\r\nX-Api-Key: b"}, "user-1", seal)
    assert refused.value.detail == ""
    assert states(core, device)["password"] == "missing"


def test_what_looks_otherwise_is_refused_and_said_how_it_looks(core: HubCore, device: str) -> None:
    helped = say.text("eight digits")
    password = PASSWORD.model_copy(update={"pattern": "[0-9]{8,8}", "pattern_help": helped})
    driver = LOCKED.model_copy(update={"access": (password,), "version": "1.1"})
    core.do(agents.take_inventory, "pi", stock("t1", version="v2").model_copy(update={"drivers": (driver,)}))
    (key,) = core.read(access.access_view, device)["keys"]
    assert (key["pattern"], key["pattern_help"]) == ("[0-9]{8,8}", helped.model_dump())
    with pytest.raises(HubError, match="access-other-form") as refused:
        core.do(access.enter, device, TYPED, "user-1", seal)
    assert (refused.value.remedy, refused.value.detail) == (helped, "")
    core.do(access.enter, device, {"password": "20406080"}, "user-1", seal)


def test_a_device_that_is_not_ours_or_asks_for_nothing_gets_nothing(core: HubCore, pi: SealKey) -> None:
    core.do(bring, pi.public)
    core.do(reports.take_report, "pi", shut("t2"))
    found = next(key for key in core.index.ids() if not core.row(key)["adopted"])
    with pytest.raises(Conflict, match="not-adopted"):
        core.do(access.enter, found, TYPED, "user-1", seal)
    plain = core.do(reports.take_report, "pi", say.report("t3", driver="other")).device
    core.do(inventory.adopt, [inventory.AdoptWish(plain)], False, "staff")
    assert core.read(access.access_view, plain) == {"keys": [], "computers": [], "why": None}
    with pytest.raises(HubError, match="access-unknown-key"):
        core.do(access.enter, plain, TYPED, "user-1", seal)
    with pytest.raises(NotFound):
        core.read(access.access_view, "dev-nobody")


def test_an_agent_that_was_installed_anew_makes_it_read_enter_again(
    core: HubCore, device: str, pi: SealKey, tmp_path: Path
) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    fresh = SealKey(tmp_path / "fresh-key")
    core.do(agents.take_state, "pi", with_key(fresh.public, 2))
    assert states(core, device)["password"] == "again"
    assert core.read(agents.config_for, "pi").sealed == {}, "what it cannot open does not travel"
    core.do(agents.take_state, "pi", with_key(SealKey(tmp_path / "fresher-key").public, 3))
    core.do(agents.take_state, "pi", with_key(fresh.public, 4))
    lost = [row.subject for row in core.read(newest, None, 20) if row.kind == "access.lost"]
    assert lost == [device], "an agent that keeps changing its key says nothing new"
    core.do(access.enter, device, TYPED, "user-1", seal)
    assert (states(core, device)["password"], given(core, fresh)) == ("entered", {"t1": TYPED})


def test_a_goodbye_without_a_key_is_no_new_key(core: HubCore, device: str) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    core.do(agents.take_state, "pi", say.ready().model_copy(update={"phase": AgentPhase.LOST}))
    assert states(core, device)["password"] == "entered"


def test_an_agent_with_a_bad_key_gets_nothing(core: HubCore, device: str) -> None:
    """The last is zero: with it, everybody could open what was sealed."""
    codes = {"": "agent-without-key", "x" * 43 + "\n": "agent-without-key", "A" * 43: "agent-key-unusable"}
    for birth, (bad, code) in enumerate(codes.items(), 2):
        core.do(agents.take_state, "pi", with_key(bad, birth))
        with pytest.raises(Conflict, match=code):
            core.do(access.enter, device, TYPED, "user-1", seal)


def test_each_agent_that_reaches_the_device_gets_its_own_seal(
    core: HubCore, device: str, pi: SealKey, tmp_path: Path
) -> None:
    cart = SealKey(tmp_path / "cart-key")
    core.do(agents.take_state, "cart", with_key(cart.public))
    core.do(agents.take_inventory, "cart", stock("t1", version="locked-cart"))
    core.do(reports.take_report, "cart", shut("t1"))
    core.do(access.enter, device, TYPED, "user-1", seal)
    assert given(core, pi) == given(core, cart, "cart") == {"t1": TYPED}
    assert given(core, cart) == {}, "what is for one agent is closed to the other"


def test_forgotten_is_forgotten_at_once_but_not_under_a_job(core: HubCore, device: str, pi: SealKey) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    job = core.do(jobs.start, jobs.Wish(device, "record-baseline"), "user-1")
    with pytest.raises(Conflict, match="job-is-open"):
        core.do(access.forget, device, "user-1")
    with pytest.raises(Conflict, match="job-is-open"):
        core.do(erase_texts, device, "admin")
    assert given(core, pi) == {"t1": TYPED}, "a heater can still be switched off"
    core.do(executions.take_execution_report, "pi", say.recorded(job, "t1"))
    core.do(access.forget, device, "user-1")
    assert core.read(agents.config_for, "pi").sealed == {}
    with pytest.raises(NotFound):
        core.do(access.forget, device, "user-1")


def test_what_opens_it_is_not_replaced_under_a_job_and_what_does_not_is(
    core: HubCore, device: str, pi: SealKey
) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    core.do(reports.take_report, "pi", shut("t1", 2, access=Access.OK))
    core.do(jobs.start, jobs.Wish(device, "record-baseline"), "user-1")
    with pytest.raises(Conflict, match="job-is-open"):
        core.do(access.enter, device, {"password": "wrong"}, "user-1", seal)
    assert given(core, pi) == {"t1": TYPED}
    core.do(reports.take_report, "pi", shut("t1", 3))
    core.do(access.enter, device, {"password": "new"}, "user-1", seal)
    assert given(core, pi) == {"t1": {"password": "new"}}


def test_a_stolen_agent_with_a_job_does_not_keep_anybody_from_forgetting(core: HubCore, device: str) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    core.do(jobs.start, jobs.Wish(device, "record-baseline"), "user-1")
    core.do(agents.take_state, "pi", say.ready().model_copy(update={"phase": AgentPhase.LOST}))
    core.do(access.forget, device, "user-1")
    assert states(core, device)["password"] == "missing"


def test_who_is_away_holds_it_until_it_is_back(core: HubCore, device: str, pi: SealKey) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    assert computers(core, device) == [("pi", True, True)]
    core.do(agents.take_state, "pi", say.ready().model_copy(update={"phase": AgentPhase.LOST}))
    core.do(access.forget, device, "user-1")
    assert computers(core, device) == [("pi", False, True)]
    assert core.read(agents.config_for, "pi").sealed == {}
    assert states(core, device)["password"] == "missing"
    with pytest.raises(NotFound):
        core.do(access.forget, device, "user-1")
    core.do(agents.take_state, "pi", with_key(pi.public, 2))
    assert computers(core, device) == [("pi", True, False)]
    core.do(access.enter, device, TYPED, "user-1", seal)
    assert given(core, pi) == {"t1": TYPED}


def test_an_agent_that_lost_the_device_long_ago_gets_nothing(
    core: HubCore, device: str, pi: SealKey, tmp_path: Path
) -> None:
    cart = SealKey(tmp_path / "cart-key")
    core.do(agents.take_state, "cart", with_key(cart.public))
    core.do(agents.take_inventory, "cart", stock("t1", version="cart").model_copy(update={"host": "cart"}))
    core.do(reports.take_report, "cart", shut("t1"))
    assert computers(core, device) == [("cart", True, False), ("pi", True, False)]
    core.do(reports.take_report, "cart", shut("t1", 2, presence=Presence.ABSENT))
    assert computers(core, device) == [("pi", True, False)]
    core.do(access.enter, device, TYPED, "user-1", seal)
    assert (given(core, pi), core.read(agents.config_for, "cart").sealed) == ({"t1": TYPED}, {})


def test_it_goes_with_the_device(core: HubCore, device: str) -> None:
    for leave in (_erase, _retire):
        core.do(access.enter, device, TYPED, "user-1", seal)
        leave(core, device)
        assert states(core, device)["password"] == "missing"
        assert core.read(agents.config_for, "pi").sealed == {}


def _erase(core: HubCore, device: str) -> None:
    assert core.do(erase_texts, device, "admin") == 1


def _retire(core: HubCore, device: str) -> None:
    version = core.do(lambda uow: uow.session.get(inventory.Device, device).version)
    core.do(inventory.retire, device, version, "", "staff")


def test_another_device_at_that_place_is_not_offered_it(core: HubCore, device: str) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    core.do(reports.take_report, "pi", shut("t1", 2, identities=(say.serial("another"),)))
    assert core.read(agents.config_for, "pi").sealed == {}
    assert states(core, device) in ({}, {"password": "missing", "user": "missing"})


def test_another_device_is_not_offered_it_even_if_it_lets_everybody_in(core: HubCore, device: str) -> None:
    other = core.do(bring, core.do(lambda uow: uow.session.get(agents.Agent, "pi").seal_key), "t2")
    core.do(access.enter, device, TYPED, "user-1", seal)
    core.do(reports.take_report, "pi", shut("t1", 2, access=Access.OK, identities=(say.serial("SN-t2"),)))
    assert core.read(agents.config_for, "pi").sealed == {}
    assert states(core, other)["password"] == "missing"


def test_what_is_split_off_is_not_offered_it(core: HubCore, device: str) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    (way,) = core.read(views.device_detail, device, core.clock.now())["connections"]
    fresh = core.do(inventory.split, device, way["id"], "staff")
    core.do(inventory.adopt, [inventory.AdoptWish(fresh)], False, "staff")
    assert core.read(agents.config_for, "pi").sealed == {}
    assert states(core, fresh)["password"] == "missing"


def test_a_forgotten_device_takes_it_along(core: HubCore, device: str) -> None:
    core.do(access.enter, device, TYPED, "user-1", seal)
    found = core.do(reports.take_report, "pi", say.report("t1", 2, identities=(say.serial("new"),))).device
    assert found != device
    core.do(reports.take_report, "pi", say.report("t1", 3, identities=(say.serial("new"),), presence=Presence.ABSENT))
    core.clock.pass_time(FORGET_AFTER.total_seconds() + 60)
    assert core.do(forget_gone) == 1
    assert core.read(agents.config_for, "pi").sealed == {}
