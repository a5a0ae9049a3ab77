"""How often a password may be tried, and that a stranger cannot lock a learner out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import make_user
from tracker import limits, sessions
from tracker.db import db, writing
from tracker.errors import TooMany
from tracker.models import LoginFailure

HOME, STRANGER = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def transaction(app):
    with app.app_context(), writing():
        yield


@pytest.fixture
def learner(transaction):
    return make_user(email="ada@example.org")


def fail(times, email, address, now, browser=""):
    for _ in range(times):
        limits.failed(email, address, now, browser)
    db.session.flush()


def attack(times, email, now):
    """So many failures, each from another address."""
    for number in range(times):
        fail(1, email, f"203.0.{number // 250}.{number % 250}", now)


def test_the_eleventh_try_at_an_account_has_to_wait(now):
    fail(9, "ada@example.org", HOME, now)
    limits.check("ada@example.org", HOME, now)
    fail(1, "ada@example.org", HOME, now)

    with pytest.raises(TooMany, match="15 minutes") as many:
        limits.check("ada@example.org", HOME, now)
    assert many.value.seconds == 900
    limits.check("other@example.org", HOME, now)
    limits.check("ada@example.org", STRANGER, now)


def test_after_the_seconds_it_says_one_may_try_again(now):
    fail(10, "ada@example.org", HOME, now)
    with pytest.raises(TooMany) as many:
        limits.check("ada@example.org", HOME, now + timedelta(minutes=4))
    later = now + timedelta(minutes=4, seconds=many.value.seconds)

    limits.check("ada@example.org", HOME, later)
    with pytest.raises(TooMany, match="a minute"):
        limits.check("ada@example.org", HOME, later - timedelta(seconds=2))


def test_one_address_may_not_try_many_accounts(now):
    for number in range(limits.PER_ADDRESS):
        fail(1, f"user{number}@example.org", HOME, now)

    with pytest.raises(TooMany):
        limits.check("another@example.org", HOME, now)
    limits.check("another@example.org", STRANGER, now)


def test_the_addresses_of_one_ipv6_customer_count_as_one(now):
    for number in range(limits.PER_ADDRESS):
        fail(1, f"user{number}@example.org", f"2001:db8:1:2:{number:x}::1", now)

    with pytest.raises(TooMany):
        limits.check("another@example.org", "2001:db8:1:2:ffff::9", now)
    limits.check("another@example.org", "2001:db8:1:3::1", now)


def test_an_address_is_one_however_it_is_written(now):
    fail(10, "ada@example.org", "::ffff:192.0.2.1", now)
    with pytest.raises(TooMany):
        limits.check("ada@example.org", "192.0.2.1", now)


def test_an_account_is_tried_at_most_fifty_times_a_day_from_anywhere(learner, now):
    attack(limits.PER_ACCOUNT_A_DAY, learner.email, now)

    with pytest.raises(TooMany, match="24 hours"):
        limits.check(learner.email, STRANGER, now)
    limits.check(learner.email, STRANGER, now + timedelta(days=1))


def test_all_tries_together_are_limited(now):
    rows = [
        LoginFailure(at=now, account=limits.account_name(str(number)), address=str(number))
        for number in range(limits.IN_ALL)
    ]
    db.session.add_all(rows)

    with pytest.raises(TooMany):
        limits.check("ada@example.org", HOME, now)


def test_a_stranger_does_not_lock_out_a_browser_that_was_logged_in(learner, now):
    attack(limits.IN_ALL, learner.email, now)
    fail(50, learner.email, HOME, now)

    limits.check(learner.email, HOME, now, "browser-1")


def test_a_stranger_does_not_lock_out_an_address_that_is_logged_in(learner, now):
    sessions.start(learner, now, remember=True, agent="", address=HOME)
    attack(limits.PER_ACCOUNT_A_DAY, learner.email, now)

    limits.check(learner.email, HOME, now)


def test_a_stolen_browser_has_no_more_tries_than_others(learner, now):
    fail(10, learner.email, HOME, now, "browser-1")
    with pytest.raises(TooMany, match="15 minutes"):
        limits.check(learner.email, STRANGER, now, "browser-1")

    for hour in range(1, 5):
        fail(10, learner.email, HOME, now + timedelta(hours=hour), "browser-1")
    with pytest.raises(TooMany, match="19 hours"):
        limits.check(learner.email, HOME, now + timedelta(hours=5), "browser-1")


def test_success_forgets_the_failures_of_that_account_at_that_address_only(now):
    for email, address in [("a@x.org", HOME), ("a@x.org", STRANGER), ("b@x.org", HOME)]:
        fail(10, email, address, now)
    limits.passed("a@x.org", HOME)

    limits.check("a@x.org", HOME, now)
    for email, address in [("a@x.org", STRANGER), ("b@x.org", HOME)]:
        with pytest.raises(TooMany):
            limits.check(email, address, now)


def test_failures_are_swept_after_a_day_and_name_nobody(now):
    fail(3, "ada@example.org", HOME, now)
    fail(1, "ada@example.org", HOME, now + timedelta(days=1, seconds=1))

    rows = db.session.scalars(select(LoginFailure)).all()
    assert len(rows) == 1
    assert "ada" not in rows[0].account


def test_accounts_are_made_at_most_twenty_a_day_from_one_address(now):
    for _ in range(limits.ACCOUNTS_PER_ADDRESS_A_DAY):
        limits.check_new(HOME, now)
        limits.count_new(HOME, now)

    with pytest.raises(TooMany):
        limits.check_new(HOME, now)
    limits.check_new(STRANGER, now)
    limits.check("ada@example.org", HOME, now)


@pytest.mark.parametrize("address", ["", "unix:", "fe80::1%eth0", "x" * 500])
def test_whatever_a_server_calls_an_address_is_counted(now, address):
    fail(10, "ada@example.org", address, now)
    with pytest.raises(TooMany):
        limits.check("ada@example.org", address, now)
    assert db.session.scalar(select(func.max(func.length(LoginFailure.address)))) <= 64
