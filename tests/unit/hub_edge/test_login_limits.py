"""Rules of accounts: when the next try is refused, which names are the same, when a session is over."""

from datetime import UTC, datetime, timedelta

import pytest

from medialab_hub.domain import accounts as rules

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_sixth_try_for_an_account_from_an_address_waits() -> None:
    limits = rules.LoginLimits()
    for second in range(rules.MOST_PER_PAIR):
        assert limits.wait_s("ada", "a", second) == 0
        limits.failed("ada", "a", second)
    assert limits.wait_s("ada", "a", 5) == rules.WINDOW_S - 5
    assert limits.wait_s("ada", "b", 5) == 0, "somebody else's tries lock nobody out"
    assert limits.wait_s("grace", "a", 5) == 0
    assert limits.wait_s("ada", "a", rules.WINDOW_S) == 0, "the first failure is forgotten"


def test_one_address_cannot_try_many_accounts() -> None:
    limits = rules.LoginLimits()
    for number in range(rules.MOST_PER_ADDRESS):
        limits.failed(f"name-{number}", "a", 0)
    assert limits.wait_s("another", "a", 1) > 0
    assert limits.wait_s("another", "b", 1) == 0


def test_many_addresses_cannot_try_one_account() -> None:
    limits = rules.LoginLimits()
    for number in range(rules.MOST_PER_ACCOUNT):
        limits.failed("ada", f"address-{number}", 0)
    assert limits.wait_s("ada", "yet another", 1) > 0


def test_success_forgets_the_failures_of_this_account_here() -> None:
    limits = rules.LoginLimits()
    for _ in range(4):
        limits.failed("ada", "a", 0)
    limits.succeeded("ada", "a")
    for _ in range(4):
        assert limits.wait_s("ada", "a", 1) == 0
        limits.failed("ada", "a", 1)


def test_success_does_not_wash_an_address_clean() -> None:
    limits = rules.LoginLimits()
    for number in range(rules.MOST_PER_ADDRESS):
        limits.failed(f"name-{number}", "a", 0)
        limits.failed("mine", "a", 0)
        limits.succeeded("mine", "a")
    assert limits.wait_s("another", "a", 1) > 0


def test_what_is_remembered_is_bounded() -> None:
    limits = rules.LoginLimits()
    for number in range(rules.MOST_REMEMBERED):
        limits.failed(f"name-{number}", f"address-{number}", 0)
    assert len(limits._failures) <= rules.MOST_REMEMBERED


@pytest.mark.parametrize(("one", "other"), [("Ada", " ada "), ("Straße", "STRASSE"), ("Ａda", "ada"), ("a  b", "A b")])
def test_names_that_look_alike_are_the_same(one: str, other: str) -> None:
    assert rules.name_key(one) == rules.name_key(other)


def test_a_session_ends_by_idleness_and_by_age() -> None:
    assert not rules.is_over(NOW, NOW, NOW + rules.IDLE - timedelta(seconds=1))
    assert rules.is_over(NOW, NOW, NOW + rules.IDLE)
    last = NOW + rules.LONGEST
    assert rules.is_over(NOW, last, last)
