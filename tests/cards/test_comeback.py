"""What brings a faded deck back: a set of cards that, answered Good, makes it known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cards import comeback, days, recall, settings
from cards.comeback import Way
from cards.models import Card, StudyDay
from cards.scheduler import Rating
from tests.factories import answer, make_card, make_deck, make_user
from tracker.db import db, writing


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        yield make_user()


def cards(deck):
    found = db.select(Card).where(Card.deck_id == deck.id).order_by(Card.position)
    return db.session.scalars(found).all()


def learnt(user, now, size=8):
    deck = make_deck(size)
    for ago in (95, 92, 86, 74, 50, 0):
        for card in cards(deck):
            answer(user, card, Rating.Good, now - timedelta(days=ago))
    return deck


def way(user, deck, now):
    db.session.flush()
    day = settings.today(user.settings, now)
    return comeback.ways(user.settings, day, [deck.id])[deck.id]


def known(user, deck, now, size):
    db.session.flush()
    day = settings.today(user.settings, now)
    return recall.standings(user.settings, day, {deck.id: size})[deck.id].known


def test_a_known_deck_needs_nothing(learner, now):
    assert way(learner, learnt(learner, now), now).cards == 0


def test_answering_so_many_of_the_weakest_brings_it_back(learner, now):
    deck, later = learnt(learner, now), now + timedelta(days=300)
    assert not known(learner, deck, later, 8)
    found = way(learner, deck, later)
    assert 0 < found.cards <= 8 and found.due == found.cards and found.when == ""
    for card in cards(deck)[: found.cards]:  # all are alike, so the first are as good as any
        answer(learner, card, Rating.Good, later)
    assert known(learner, deck, later, 8)


def test_cards_that_are_not_due_yet_come_by_themselves(learner, now):
    deck, later = learnt(learner, now), now + timedelta(days=230)
    found = way(learner, deck, later)
    assert found.due == 0 and found.when == f"not due before {days.words(found.next_day)}"


def test_a_card_not_seen_yet_is_needed_and_takes_two_answers(learner, now):
    deck = learnt(learner, now)
    make_card(deck)
    db.session.add(StudyDay(user_id=learner.id, day=settings.today(learner.settings, now) - 1,
                            answers=0, plans={}))  # fmt: skip
    db.session.flush()
    for day in db.session.scalars(db.select(StudyDay)):
        day.answers, day.milliseconds = 10, 10 * 30_000
    found = way(learner, deck, now)
    assert found == Way(1, 1.0, due=1)


def test_a_learner_without_a_log_takes_an_average_time(learner, now):
    assert comeback.seconds_per_answer(learner.id, 739000) == comeback.SECONDS


def test_no_decks_ask_the_database_nothing(learner):
    assert comeback.ways(learner.settings, 739000, []) == {}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Way(1, 0.2), "1 card, about a minute"),
        (Way(9, 3.6), "9 cards, about 4 minutes"),
        (Way(9, 1.4), "9 cards, about a minute"),
    ],
)
def test_a_way_is_told_in_words(found, words):
    assert found.words == words
