"""A day of so many minutes: how much is planned, what comes first, what it costs to find out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from cards import budget, plans, queue, settings, study
from cards.models import Card, Memory, StudyDay
from tests.factories import answer, make_deck, make_user
from tracker.db import db, writing


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        yield make_user(new_per_day=5, minutes_per_day=2)


def due(user, now, stabilities, days_ago=10):
    """A deck whose cards are due, with these stabilities and answered so many days ago."""
    deck, today = make_deck(len(stabilities)), now.toordinal()
    cards = db.session.scalars(db.select(Card).where(Card.deck_id == deck.id).order_by(Card.id))
    for card, stability in zip(cards.all(), stabilities, strict=True):
        answer(user, card, 4, now - timedelta(days=400), duration=20_000)
        db.session.execute(
            update(Memory)
            .where(Memory.card_id == card.id)
            .values(stability=stability, last_day=today - days_ago, due_day=today)
        )
    db.session.expire_all()
    return deck


def plan(user, deck, now):
    return queue.make(user.settings, study.day_of(user.settings, now), (deck.id,))


def test_no_more_is_planned_than_fits_into_the_minutes(learner, now):
    deck = due(learner, now, [10.0] * 20)
    found = plan(learner, deck, now)
    assert len(found.cards) == 6 and found.new == 0  # two minutes of twenty seconds a card


def test_what_time_is_left_goes_to_new_cards(learner, now):
    deck = due(learner, now, [10.0] * 4)
    for card in db.session.scalars(db.select(Card).where(Card.deck_id == make_deck(9).id)):
        card.deck_id = deck.id
    db.session.flush()
    assert plan(learner, deck, now).counts(queue.Learning()).due == 4
    assert plan(learner, deck, now).new == 2


def test_the_time_spent_today_is_taken_off(learner, now):
    deck = due(learner, now, [10.0] * 20)
    day = plans.study_day(learner.id, settings.today(learner.settings, now))
    day.milliseconds = 65_000
    plans.keep(day)
    assert len(plan(learner, deck, now).cards) == 2
    day.milliseconds = 999_000
    plans.keep(day)
    assert plan(learner, deck, now).cards == ()


def test_a_few_more_come_on_top(learner, now):
    deck = due(learner, now, [10.0] * 20)
    day = plans.study_day(learner.id, settings.today(learner.settings, now))
    day.milliseconds, day.extra_reviews = 120_000, 3
    plans.keep(day)
    assert len(plan(learner, deck, now).cards) == 3


def test_without_minutes_the_lowest_recall_comes_first_as_ever(learner, now):
    learner.settings.minutes_per_day = None
    deck = due(learner, now, [10.0, 2.0, 40.0])
    ids = db.session.scalars(db.select(Card.id).where(Card.deck_id == deck.id).order_by(Card.id))
    first, second, third = ids.all()
    assert plan(learner, deck, now).cards == (second, first, third)


def test_after_a_long_break_what_is_nearly_gone_waits(learner, now):
    learner.settings.minutes_per_day = 1
    deck = due(learner, now, [0.1, 15.0, 0.1, 15.0, 0.1, 15.0], days_ago=60)
    ids = db.session.scalars(db.select(Card.id).where(Card.deck_id == deck.id).order_by(Card.id))
    assert set(plan(learner, deck, now).cards) == set(ids.all()[1::2])


def test_where_all_fits_the_order_is_that_of_recall(learner, now):
    deck = due(learner, now, [10.0, 2.0, 40.0])
    with_minutes = plan(learner, deck, now).cards
    learner.settings.minutes_per_day = None
    assert plan(learner, deck, now).cards == with_minutes


def test_the_pace_is_the_learners_own_once_it_is_known(learner, now):
    today = settings.today(learner.settings, now)
    assert budget.seconds_per_card(learner.id, today) == budget.SECONDS
    day = StudyDay(user_id=learner.id, day=today - 1, reviews=900, new=100, milliseconds=8_000_000)
    db.session.add(day)
    db.session.flush()
    assert budget.seconds_per_card(learner.id, today) == pytest.approx(8.2, abs=0.1)
