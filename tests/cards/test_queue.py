"""What comes next: limits, order, siblings, learning steps, cards set aside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from cards import marks, plans, queue, reviews, study
from cards.models import Memory
from cards.scheduler import Rating
from cards.study import Scope
from tests.factories import answer, make_card, make_deck, make_user
from tracker.db import db, writing


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        yield make_user(new_per_day=5)


def plan(user, decks, at):
    scope = Scope("", "Today", tuple(deck.id for deck in decks), "/")
    day = study.day_of(user.settings, at)
    return queue.make(user.settings, day, scope.decks)


def cards_of(deck):
    rows = queue.select(queue.Card.id).where(queue.Card.deck_id == deck.id)
    return list(db.session.scalars(rows.order_by(queue.Card.position)))


def known(user, cards, now, stability=10.0, days_ago=10):
    """Memories of these cards as if they had been reviewed some days ago and are due today."""
    for card_id in cards:
        card = db.session.get(queue.Card, card_id)
        answer(user, card, Rating.Easy, now - timedelta(days=400))
        db.session.execute(
            update(Memory)
            .where(Memory.user_id == user.id, Memory.card_id == card_id)
            .values(
                stability=stability,
                last_day=now.toordinal() - days_ago,
                due_day=now.toordinal(),
            )
        )
    db.session.expire_all()


def test_new_cards_come_in_the_order_of_the_decks_up_to_the_limit(learner, now):
    first, second = make_deck(3), make_deck(3)
    expected = [*cards_of(second), *cards_of(first)][:5]
    assert plan(learner, [second, first], now).cards == tuple(-card for card in expected)


def test_due_reviews_come_lowest_recall_first(learner, now):
    deck = make_deck(3)
    cards = cards_of(deck)
    for card, stability in zip(cards, (50.0, 5.0, 20.0), strict=True):
        known(learner, [card], now, stability)
    assert plan(learner, [deck], now).cards == (cards[1], cards[2], cards[0])


def test_no_more_reviews_than_the_limit(learner, now):
    deck = make_deck(6)
    known(learner, cards_of(deck), now)
    learner.settings.reviews_per_day = 4
    assert len(plan(learner, [deck], now).cards) == 4


def test_what_was_done_today_counts_towards_the_limits(learner, now):
    deck = make_deck(9)
    for card_id in cards_of(deck)[:3]:
        answer(learner, db.session.get(queue.Card, card_id), Rating.Good, now)
    assert plan(learner, [deck], now).new == 2


def test_a_few_more_today_goes_beyond_the_limit(learner, now):
    deck = make_deck(20)
    scope = Scope("", "Today", (deck.id,), "/")
    for card_id in cards_of(deck)[:5]:
        answer(learner, db.session.get(queue.Card, card_id), Rating.Easy, now)
    assert plan(learner, [deck], now).cards == ()

    study.more(learner.settings, scope, now)
    assert plans.stored(study.day_of(learner.settings, now), "").new == queue.MORE_NEW


def test_siblings_are_not_new_on_one_day(learner, now):
    deck = make_deck(0)
    first = make_card(deck, ("c1", "c2", "c3"))
    other = make_card(deck)
    assert plan(learner, [deck], now).cards == (-first.id, -other.id)

    answer(learner, first, Rating.Easy, now)
    assert plan(learner, [deck], now).cards == (-other.id,)
    tomorrow = now + timedelta(days=1)
    assert plan(learner, [deck], tomorrow).cards == (-(first.id + 1), -other.id)


@pytest.mark.parametrize("action", ["bury", "suspend"])
@pytest.mark.parametrize("seen", [False, True])
def test_a_card_set_aside_leaves_the_queue(learner, now, action, seen):
    deck = make_deck(2)
    cards = cards_of(deck)
    if seen:
        known(learner, cards, now)
    marks.apply(action, learner.settings, cards[0], now)
    assert [abs(card) for card in plan(learner, [deck], now).cards] == cards[1:]


def test_a_buried_card_is_back_tomorrow_and_a_suspended_one_is_not(learner, now):
    deck = make_deck(2)
    cards = cards_of(deck)
    marks.apply("bury", learner.settings, cards[0], now)
    marks.apply("suspend", learner.settings, cards[1], now)
    assert plan(learner, [deck], now + timedelta(days=1)).cards == (-cards[0],)
    marks.apply("unsuspend", learner.settings, cards[1], now)
    assert plan(learner, [deck], now + timedelta(days=1)).cards == (-cards[0], -cards[1])


def test_a_card_in_learning_steps_comes_when_its_minute_has_come(learner, now):
    deck = make_deck(2)
    again, other = cards_of(deck)
    answer(learner, db.session.get(queue.Card, again), Rating.Again, now)
    rest = plan(learner, [deck], now)

    def chosen(**after):
        at = now + timedelta(**after)
        learning = queue.learning(learner.id, at.toordinal(), [deck.id])
        return queue.upcoming(rest, learning, at), queue.upcoming(rest.without(other), learning, at)

    assert chosen(seconds=1) == (other, again)  # early only when nothing else is left
    assert chosen(minutes=11) == (again, again)


def test_learning_ahead_has_an_end(learner, now):
    nothing = plans.Plan((), (), 0)
    later = now + queue.LEARN_AHEAD + timedelta(seconds=1)
    assert queue.upcoming(nothing, plans.Learning(1, 7, later), now) is None


def test_decks_that_are_not_studied_stay_out(learner, now):
    mine, other = make_deck(2), make_deck(2)
    known(learner, cards_of(other), now)
    assert {abs(card) for card in plan(learner, [mine], now).cards} == set(cards_of(mine))


def test_retired_cards_stay_out(learner, now):
    deck = make_deck(2)
    cards = cards_of(deck)
    known(learner, cards, now)
    db.session.get(queue.Card, cards[0]).retired_at = now
    assert plan(learner, [deck], now).cards == (cards[1],)


def test_an_answered_card_leaves_every_plan(learner, now):
    deck = make_deck(3)
    scopes = [Scope(key, key, (deck.id,), "/") for key in ("", "skill-1")]
    for scope in scopes:
        study.start(learner.settings, scope, now)
    card = db.session.get(queue.Card, cards_of(deck)[0])
    done = answer(learner, card, Rating.Easy, now)

    for scope in scopes:
        assert -card.id not in plans.stored(done.day, scope.key).cards


def test_starting_twice_keeps_the_plan(learner, now):
    deck = make_deck(3)
    scope = Scope("", "Today", (deck.id,), "/")
    study.start(learner.settings, scope, now)
    answer(learner, db.session.get(queue.Card, cards_of(deck)[0]), Rating.Easy, now)
    left = study.day_of(learner.settings, now).plans
    study.start(learner.settings, scope, now)
    assert study.day_of(learner.settings, now).plans == left


def test_another_learners_memories_change_nothing(learner, now):
    deck = make_deck(2)
    other = make_user()
    known(other, cards_of(deck), now)
    marks.apply("suspend", other.settings, cards_of(deck)[0], now)
    assert plan(learner, [deck], now).new == 2


def test_the_end_of_a_session_names_what_is_held_back(learner, now):
    deck = make_deck(9)
    cards = cards_of(deck)
    for card_id in cards[:5]:
        answer(learner, db.session.get(queue.Card, card_id), Rating.Easy, now)
    marks.apply("bury", learner.settings, cards[8], now)
    day = study.day_of(learner.settings, now)
    rest = queue.make(learner.settings, day, [deck.id])
    said = study.summary(learner.settings, day, rest, plans.Learning(), now)

    assert (said.answers, said.new, said.held_new, said.buried) == (5, 5, 3, 1)
    assert said.more and said.minutes == pytest.approx(25 / 60)
    assert said.next_due is not None and said.next_words.startswith("in ")


@given(st.lists(st.integers(1, 999), unique=True), st.lists(st.integers(1000, 1999), unique=True))
def test_new_cards_are_spread_evenly_and_both_kinds_keep_their_order(due, new):
    mixed = plans.spread(due, new)
    assert [card for card in mixed if card < 1000] == due
    assert [card for card in mixed if card >= 1000] == new
    for size in range(len(mixed)):
        share = sum(card >= 1000 for card in mixed[:size])
        assert abs(share - size * len(new) / len(mixed)) <= 1


def test_a_review_id_names_learner_card_and_number():
    ids = {reviews.coming_id(user, card, n) for user in (1, 2) for card in (1, 2) for n in (0, 1)}
    assert len(ids) == 8
