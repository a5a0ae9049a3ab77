"""Sessions are rows: found by a secret, listed, ended, never longer than a year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import make_user
from tracker import sessions
from tracker.db import db, writing
from tracker.errors import NotFound
from tracker.models import Session


@pytest.fixture(autouse=True)
def transaction(app):
    with app.app_context(), writing():
        yield


@pytest.fixture
def learner(transaction):
    return make_user()


def start(user, now, **values):
    values = {"remember": False, "agent": "Firefox", "address": "192.0.2.1"} | values
    cookie = sessions.start(user, now, **values)
    db.session.flush()
    return cookie


def test_a_cookie_finds_its_learner(learner, now):
    start(make_user(), now)
    found = sessions.find(start(learner, now), now)
    assert found.user is learner


def test_the_secret_is_stored_nowhere(learner, now):
    token = start(learner, now).split(".")[1]
    (row,) = sessions.of(learner.id, now)

    assert len(token) >= 43  # 256 bits
    kept = [str(getattr(row, column.key)) for column in Session.__table__.columns]
    assert not any(token in value for value in kept)
    assert sessions.find(f"{learner.id}.{row.token_hash}", now) is None
    assert sessions.find(f"{learner.id}.{sessions.name(row)}", now) is None


def test_no_other_cookie_finds_anybody(learner, now):
    number, token = start(learner, now).split(".")
    other = make_user()
    for cookie in [
        None, "", ".", "1", f"{number}.", f".{token}", token, f"{number}.{token}x",
        f"{number}.{token[:-1]}", f"{other.id}.{token}", f"+{number}.{token}", f" {number}.{token}",
        f"-{number}.{token}", f"{number}.0.{token}", "9" * 17 + f".{token}", f"٣.{token}",
        f"{number}.\N{SNOWMAN}", f"{number}.' OR 1=1 --", "9" * 16 + f".{token}", "x" * 5000,
    ]:  # fmt: skip
        assert sessions.find(cookie, now) is None, cookie


@pytest.mark.parametrize(
    ("remember", "lasts"), [(False, sessions.IDLE), (True, sessions.REMEMBERED)]
)
def test_a_session_that_is_not_used_ends(learner, now, remember, lasts):
    cookie = start(learner, now, remember=remember)

    assert sessions.find(cookie, now + lasts - timedelta(seconds=1))
    assert sessions.find(cookie, now + lasts) is None
    assert sessions.of(learner.id, now + lasts) == []


def test_a_session_that_is_used_goes_on_but_not_beyond_a_year(learner, now):
    cookie, at = start(learner, now, remember=True), now
    while (session := sessions.find(cookie, at)) is not None:
        sessions.touch(session, at)
        at += timedelta(days=30)

    assert timedelta(days=335) < at - now <= timedelta(days=366 + 30)
    db.session.expire_all()
    assert sessions.find(cookie, now + sessions.LONGEST - timedelta(minutes=1))
    assert sessions.find(cookie, now + sessions.LONGEST) is None


def test_use_is_written_once_an_hour(learner, now):
    session = sessions.find(start(learner, now), now)
    sessions.touch(session, now + timedelta(minutes=59))
    assert session.seen_at == now
    sessions.touch(session, now + timedelta(minutes=60))
    assert session.seen_at == now + timedelta(minutes=60)


def test_touching_a_session_that_was_just_ended_is_no_error(learner, now):
    session = sessions.find(start(learner, now), now)
    sessions.end_all(learner.id)
    sessions.touch(session, now + timedelta(hours=2))
    assert sessions.of(learner.id, now) == []


def test_ending_one_leaves_the_others_and_other_learners(learner, now):
    first, second = start(learner, now), start(learner, now)
    theirs = start(make_user(), now)
    sessions.end(learner.id, sessions.name(sessions.find(first, now)))
    db.session.flush()

    alive = [sessions.find(cookie, now) is not None for cookie in (first, second, theirs)]
    assert alive == [False, True, True]


@pytest.mark.parametrize("name", ["", "0" * 16, "naïve", "\N{SNOWMAN}", "' OR 1=1 --"])
def test_an_unknown_name_ends_nothing(learner, now, name):
    start(learner, now)
    with pytest.raises(NotFound):
        sessions.end(learner.id, name)
    assert len(sessions.of(learner.id, now)) == 1


def test_another_learners_session_cannot_be_ended(learner, now):
    theirs = start(make_user(), now)
    with pytest.raises(NotFound):
        sessions.end(learner.id, sessions.name(sessions.find(theirs, now)))
    assert sessions.find(theirs, now)


def test_ending_all_but_one_keeps_that_one(learner, now):
    cookies = [start(learner, now) for _ in range(4)]
    sessions.end_all(learner.id, but=sessions.find(cookies[2], now))
    assert [sessions.find(cookie, now) is not None for cookie in cookies] == [0, 0, 1, 0]


def test_what_a_browser_says_of_itself_is_kept_short_and_on_one_line(learner, now):
    start(learner, now, agent="Fire\x00fox\r\n\x1b[31m" + "x" * 5000, address="y" * 500)
    (row,) = sessions.of(learner.id, now)
    assert row.agent.startswith("Firefox[31mxxx") and row.agent.isprintable()
    assert (len(row.agent), len(row.address)) == (200, 64)


def test_a_new_log_in_sweeps_what_has_ended(learner, now):
    start(learner, now)
    later = now + timedelta(days=2)
    start(learner, later)
    db.session.expire_all()
    assert db.session.query(Session).count() == 1
