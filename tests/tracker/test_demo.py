"""The simulated learner studies as a person would, is named as simulated, and owns nothing."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from cards import audit, settings
from cards.models import Card, Review, StudyDay
from tests.factories import answer, enrol, make_deck, make_path, make_user
from tracker import demo, passwords, users
from tracker.db import db, writing
from tracker.errors import NotFound
from tracker.models import KnownSkill, User


@pytest.fixture
def path(app):
    with app.app_context(), writing():
        yield make_path([make_deck(30), make_deck(30)], slug="python")


def test_it_studies_through_the_queue_and_its_log_holds(path, now):
    user, phrase = demo.make("python", now, length=12)

    days = db.session.scalars(db.select(StudyDay).where(StudyDay.user_id == user.id)).all()
    assert 8 <= len(days) <= 13
    assert all(day.new <= demo.NEW_PER_DAY for day in days)
    assert db.session.scalars(db.select(Review)).all()
    assert list(audit.learner(user.settings)) == []
    assert passwords.matches(user.password_hash, phrase)


def test_what_becomes_known_on_one_of_its_days_is_kept_with_the_day(app, now):
    with app.app_context(), writing():
        user, deck = make_user(), make_deck(1)
        enrol(user, make_path([deck]))
        for ago in (95, 92, 86, 74, 50, 3):
            for card in db.session.scalars(db.select(Card)):
                answer(user, card, 3, now - timedelta(days=ago))
        demo._study_day(user, settings.today(user.settings, now) - 1, now, random.Random(1))
        (row,) = db.session.scalars(db.select(KnownSkill)).all()
        assert row.known_at < now


def test_made_again_it_replaces_itself(path, now):
    first = demo.make("python", now, length=3)[0].id
    second = demo.make("python", now, length=3)[0].id
    assert db.session.scalars(db.select(User.id)).all() == [second]
    assert {row.user_id for row in db.session.scalars(db.select(Review))} == {second}
    assert first <= second


def test_it_says_that_it_is_simulated_and_is_not_the_owner(path, now):
    user, _ = demo.make("python", now, length=1)
    assert "simulated" in user.name and not user.is_owner
    assert not users.has_owner()


def test_the_same_seed_gives_the_same_learner(path, now):
    logs = []
    for _ in range(2):
        demo.make("python", now, length=4)
        logs.append([row.rating for row in db.session.scalars(db.select(Review))])
    assert sorted(logs[0]) == sorted(logs[1])


def test_an_unknown_path_is_not_found(path, now):
    with pytest.raises(NotFound):
        demo.make("nowhere", now)


def test_one_can_log_in_as_it(path, app, now):
    _, phrase = demo.make("python", now, length=1)
    db.session.commit()
    answer = app.test_client().post("/login", data={"email": demo.EMAIL, "password": phrase})
    assert (answer.status_code, answer.location) == (303, "/")
