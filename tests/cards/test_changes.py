"""What changed in a week: the parts add up to the change of what is remembered, and say why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from cards import changes, recall, reviews, settings
from cards.changes import Change
from cards.models import Card
from cards.scheduler import Rating
from tests.factories import answer, make_deck, make_user
from tracker.db import db, writing

WEEK = timedelta(days=7)
SLOW = hypothesis(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        yield make_user()


def cards(deck):
    found = db.select(Card).where(Card.deck_id == deck.id).order_by(Card.position)
    return db.session.scalars(found).all()


def remembered(user, deck, at):
    """What was remembered then, worked out when it was then."""
    db.session.flush()
    today = settings.today(user.settings, at)
    return recall.standings(user.settings, today, {deck.id: 3})[deck.id].remembered


def change(user, deck, now):
    db.session.flush()
    today = settings.today(user.settings, now)
    return changes.since(user.settings, today, today - 7, {deck.id: 3})[1][deck.id]


def test_nothing_changed_where_nothing_was_seen(learner, now):
    assert change(learner, make_deck(3), now) == Change()
    assert Change().reasons == []


def test_new_cards_were_learnt(learner, now):
    deck = make_deck(3)
    for card in cards(deck)[:2]:
        answer(learner, card, Rating.Good, now - timedelta(days=1))
    found = change(learner, deck, now)
    assert found.reasons == ["2 cards learnt"]
    assert found.total == found.by_learning == pytest.approx(remembered(learner, deck, now))


def test_untouched_cards_fade(learner, now):
    deck = make_deck(3)
    answer(learner, cards(deck)[0], Rating.Good, now - 2 * WEEK)
    found = change(learner, deck, now)
    assert found.reasons == ["1 card faded"]
    assert found.total == found.by_forgetting < 0


def test_a_card_that_stays_above_four_fifths_has_not_faded(learner, now):
    deck = make_deck(3)
    answer(learner, cards(deck)[0], Rating.Easy, now - 2 * WEEK)
    found = change(learner, deck, now)
    assert found.faded == 0 and found.by_forgetting < 0


def test_an_answer_of_the_evening_a_week_ago_counts_for_the_week_before(learner, now):
    deck = make_deck(3)
    answer(learner, cards(deck)[0], Rating.Good, now - WEEK)
    assert change(learner, deck, now).learnt == 0


def test_refreshed_cards_gain_what_they_had_lost(learner, now):
    deck = make_deck(3)
    for at in (now - 3 * WEEK, now - timedelta(days=1)):
        answer(learner, cards(deck)[0], Rating.Good, at)
    found = change(learner, deck, now)
    assert found.reasons == ["1 card refreshed"]
    assert found.by_review == pytest.approx(found.total) and found.by_review > 0


def test_an_answer_taken_back_did_not_happen(learner, now):
    deck = make_deck(3)
    answer(learner, cards(deck)[0], Rating.Good, now - 2 * WEEK)
    done = answer(learner, cards(deck)[0], Rating.Good, now)
    reviews.undo(learner.settings, done.review.id, now)
    assert change(learner, deck, now).reasons == ["1 card faded"]


def test_changes_of_decks_add_up():
    both = Change(1, 2, 3, 0.5, 1.0, -2.0) + Change(1, 0, 0, 0.5, 0.0, -1.0)
    assert both == Change(2, 2, 3, 1.0, 1.0, -3.0) and both.total == -1.0
    assert both.reasons == ["2 cards learnt", "2 refreshed", "3 faded"]


@SLOW
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 30), st.sampled_from(list(Rating))),
        max_size=12,
    )
)
def test_the_parts_add_up_whatever_was_answered(learner, now, answers):
    """`answers` are (card, days ago, rating); the fold knows what was remembered a week ago."""
    deck = make_deck(3)
    mine = cards(deck)
    ordered = sorted(answers, key=lambda one: -one[1])
    # Nobody gives two answers in one instant.
    timed = [(now - timedelta(days=one[1], minutes=-at), *one) for at, one in enumerate(ordered)]
    for at, card, ago, rating in timed:
        if ago >= 7:
            answer(learner, mine[card], rating, at)
    then = remembered(learner, deck, now - WEEK)
    for at, card, ago, rating in timed:
        if ago < 7:
            answer(learner, mine[card], rating, at)
    found = change(learner, deck, now)
    assert found.total == pytest.approx(remembered(learner, deck, now) - then, abs=1e-9)
    assert found.by_learning >= 0 and found.by_forgetting <= 0
