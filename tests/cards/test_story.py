"""The story of a card: figures now, each answer with its prediction, and who may read it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cards import reviews, scheduler, story
from cards.models import Deck
from cards.scheduler import Rating
from tests.factories import answer, make_card, make_deck, make_user
from tracker.db import db, writing
from tracker.errors import NotFound


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        yield make_user()


@pytest.fixture
def card(learner):
    return make_card(make_deck(0))


def test_a_card_not_seen_has_no_story_yet(learner, card, now):
    found = story.of(learner.settings, card.id, now)
    assert (found.memory, found.recall, found.answers) == (None, None, [])
    assert found.state_words == "new"


def test_each_answer_stands_with_what_was_predicted_before_it(learner, card, now):
    answer(learner, card, Rating.Easy, now - timedelta(days=20))
    answer(learner, card, Rating.Again, now - timedelta(days=5), duration=9000)
    found = story.of(learner.settings, card.id, now)
    first, second = found.answers
    assert (first.rating, first.recall, first.passed) == ("Easy", None, True)
    assert second.recall == scheduler.recall_of(first.stability, 15, found.decay)
    assert (second.rating, second.passed, second.seconds) == ("Again", False, 9.0)
    assert found.memory.lapses == 1
    assert found.recall == scheduler.recall_of(second.stability, 5, found.decay)


def test_an_answer_taken_back_is_told_and_does_not_count(learner, card, now):
    answer(learner, card, Rating.Good, now - timedelta(days=3))
    taken = answer(learner, card, Rating.Again, now)
    reviews.undo(learner.settings, taken.review.id, now)
    answer(learner, card, Rating.Good, now + timedelta(minutes=1))
    found = story.of(learner.settings, card.id, now + timedelta(minutes=1))
    assert [one.counts for one in found.answers] == [True, False, True]
    assert [one.rating for one in found.counted] == ["Good", "Good"]
    assert found.answers[2].recall == pytest.approx(found.answers[1].recall)


def test_a_card_whose_answers_were_all_taken_back_counts_as_not_seen(learner, card, now):
    taken = answer(learner, card, Rating.Again, now)
    reviews.undo(learner.settings, taken.review.id, now)
    found = story.of(learner.settings, card.id, now)
    assert (found.memory, found.recall, found.counted) == (None, None, [])


def test_the_picture_goes_past_the_day_the_card_is_due(learner, card, now):
    answer(learner, card, Rating.Easy, now)
    found = story.of(learner.settings, card.id, now)
    assert found.until > found.memory.due_day > found.today


@pytest.mark.parametrize("whose", ["nobody", "another"])
def test_what_is_not_ones_own_is_not_there(learner, now, whose):
    number = 10**9
    if whose == "another":
        deck = Deck(owner_id=make_user(name="Eve").id, name="Hers")
        db.session.add(deck)
        db.session.flush()
        number = make_card(deck).id
    with pytest.raises(NotFound):
        story.of(learner.settings, number, now)
