"""Answering, sending again, taking back: what the log and the memories say after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from cards import audit, marks, plans, queue, reviews, study
from cards.models import Memory, Review, StudyDay
from cards.scheduler import Rating, State
from tests.factories import answer, make_card, make_deck, make_user, new_id
from tracker.db import db, writing
from tracker.errors import NotFound, Refused


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        yield make_user()


@pytest.fixture
def deck(learner):
    return make_deck(5)


@pytest.fixture
def card(deck):
    return make_card(deck)


def log(user, card):
    return db.session.scalars(
        select(Review).where(Review.user_id == user.id, Review.card_id == card.id)
    ).all()


def memory(user, card):
    return db.session.get(Memory, (user.id, card.id), populate_existing=True)


def test_an_answer_is_one_row_of_the_log_and_one_memory(learner, card, now):
    done = answer(learner, card, Rating.Good, now, duration=4200)

    kept = memory(learner, card)
    assert (done.review.rating, done.review.duration, done.review.reviewed_at) == (3, 4200, now)
    assert done.review.before is None
    assert done.review.after[0] == kept.state == State.Review
    assert kept.due_day == now.toordinal() + kept.interval
    assert [row.id for row in log(learner, card)] == [done.review.id]


def test_the_same_answer_sent_again_counts_once(learner, card, now):
    first = answer(learner, card, Rating.Good, now)
    again = answer(
        learner, card, Rating.Good, now + timedelta(seconds=3), review_id=first.review.id
    )

    assert again.repeated and again.review.id == first.review.id
    assert len(log(learner, card)) == 1
    assert memory(learner, card).reps == 1


def test_another_rating_under_the_same_id_is_refused(learner, card, now):
    first = answer(learner, card, Rating.Good, now)

    with pytest.raises(Refused, match="already, with Good"):
        answer(learner, card, Rating.Again, now, review_id=first.review.id)
    assert len(log(learner, card)) == 1


def test_an_id_of_another_card_is_refused(learner, deck, card, now):
    first = answer(learner, card, Rating.Good, now)

    with pytest.raises(Refused):
        answer(learner, make_card(deck), Rating.Good, now, review_id=first.review.id)


def test_an_unknown_card_is_not_found(learner, card, now):
    card.id += 1000
    with pytest.raises(NotFound), db.session.no_autoflush:
        reviews.answer(learner.settings, 10**9, new_id(), Rating.Good, 0, now)
    db.session.expunge(card)


def test_the_button_shows_the_interval_that_is_given(learner, card, now):
    for day in range(0, 200, 20):
        at = now + timedelta(days=day)
        plan = plans.Plan((card.deck_id,), (card.id,), 1)
        shown = study.shown(learner.settings, plan, plans.Learning(), at, 0, card.id)
        given = answer(learner, card, Rating.Good, at)
        after = reviews.state_of(memory(learner, card))
        assert shown.buttons[2].short == study.intervals.short(after, at)
        assert given.review.id == shown.review_id


def test_an_answer_that_comes_late_is_put_in_its_place(learner, deck, now):
    early, late = make_card(deck), make_card(deck)
    times = [now, now + timedelta(days=4), now + timedelta(days=9)]
    for at in times:
        answer(learner, early, Rating.Good, at)
    for at in (times[0], times[2]):
        answer(learner, late, Rating.Good, at)
    answer(learner, late, Rating.Good, times[2] + timedelta(hours=1), at=times[1])

    one, other = memory(learner, early), memory(learner, late)
    for name in ("stability", "difficulty", "state", "reps", "passes", "last_day", "first_day"):
        assert getattr(one, name) == getattr(other, name), name


def test_an_answer_from_the_future_counts_as_now(learner, card, now):
    done = answer(learner, card, Rating.Good, now, at=now + timedelta(days=3650))
    assert done.review.reviewed_at == now


@pytest.mark.parametrize("rating", list(Rating))
def test_taking_back_the_first_answer_makes_the_card_new_again(learner, card, now, rating):
    study.start(learner.settings, study.Scope("", "", (card.deck_id,), "/"), now)
    first = answer(learner, card, rating, now)
    reviews.undo(learner.settings, first.review.id, now)

    day = db.session.get(StudyDay, (learner.id, now.toordinal()))
    assert memory(learner, card).state == State.New
    assert (day.answers, day.new, day.milliseconds) == (0, 0, 0)
    assert plans.stored(day, "").cards[0] == -card.id
    assert list(audit.learner(learner.settings)) == []


def test_after_undo_the_next_answer_counts(learner, card, now):
    first = answer(learner, card, Rating.Again, now)
    reviews.undo(learner.settings, first.review.id, now)
    second = answer(learner, card, Rating.Good, now + timedelta(seconds=9))

    assert not second.repeated
    assert len(log(learner, card)) == 2
    assert memory(learner, card).state == State.Review


def test_taking_back_twice_is_the_same_as_once(learner, card, now):
    answer(learner, card, Rating.Good, now - timedelta(days=5))
    second = answer(learner, card, Rating.Again, now)
    before = second.review.before
    for _ in range(2):
        reviews.undo(learner.settings, second.review.id, now)

    kept = memory(learner, card)
    assert [kept.state, kept.stability, kept.lapses] == [before[0], before[2], 0]
    day = db.session.get(StudyDay, (learner.id, now.toordinal()))
    assert (day.answers, day.reviews, day.passed) == (0, 0, 0)


def test_answers_of_an_earlier_day_are_not_taken_back(learner, card, now):
    first = answer(learner, card, Rating.Good, now)
    with pytest.raises(Refused, match="today"):
        reviews.undo(learner.settings, first.review.id, now + timedelta(days=1))


def test_somebody_elses_review_is_not_found(learner, card, now):
    first = answer(learner, card, Rating.Good, now)
    other = make_user()
    with pytest.raises(NotFound):
        reviews.undo(other.settings, first.review.id, now)


def test_memories_and_counts_are_what_the_log_says(learner, deck, now):
    cards = [make_card(deck) for _ in range(4)]
    for number in range(60):
        at = now + timedelta(hours=7 * number)
        done = answer(learner, cards[number % 4], Rating(1 + number * 7 % 4), at)
        if number % 5 == 0:
            reviews.undo(learner.settings, done.review.id, at)
    db.session.flush()

    assert list(audit.learner(learner.settings)) == []


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ({"stability": 99.0}, "stability"),
        ({"due_day": 1}, "due_day"),
        ({"lapses": 7}, "lapses"),
        ({"reps": 0}, "reps"),
        ({"answers": 5}, "the memory counts"),
        ({"first_day": 3}, "first_day"),
    ],
)
def test_the_audit_names_a_memory_that_the_log_contradicts(learner, card, now, damage, words):
    answer(learner, card, Rating.Good, now)
    for name, value in damage.items():
        setattr(memory(learner, card), name, value)
    db.session.flush()

    assert any(words in fault for fault in audit.learner(learner.settings))


def test_the_audit_names_a_day_whose_counts_are_wrong(learner, card, now):
    done = answer(learner, card, Rating.Good, now)
    done.day.answers = 2
    plans.keep(done.day)

    (fault,) = audit.learner(learner.settings)
    assert "answers is 2, the log says 1" in fault


def test_a_learner_who_moves_zone_keeps_what_was_learnt(learner, card, now):
    learner.settings.zone = "Pacific/Auckland"
    for days in (0, 3, 8):
        answer(learner, card, Rating.Good, now + timedelta(days=days, hours=11))
    before = memory(learner, card).stability
    learner.settings.zone = "America/Los_Angeles"
    db.session.flush()

    assert list(audit.learner(learner.settings)) == []
    assert memory(learner, card).stability == before


def test_an_evening_learner_finds_the_card_in_the_morning(learner, card):
    learner.settings.zone = "Europe/Berlin"
    evening = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    answer(learner, card, Rating.Hard, evening)
    answer(learner, card, Rating.Good, evening + timedelta(minutes=15))
    days = memory(learner, card).interval

    morning = datetime(2026, 11, 23, 6, 0, tzinfo=UTC) + timedelta(days=days)
    due = queue.due_cards(
        learner.id, study.settings.today(learner.settings, morning), [card.deck_id]
    )
    assert db.session.scalars(due).all() == [card.id]


def test_the_log_counts_every_answer_once_however_often_it_is_sent(learner, card, now):
    for _ in range(50):
        answer(learner, card, Rating.Good, now, review_id=reviews.coming_id(learner.id, card.id, 0))
    assert db.session.scalar(select(func.count()).select_from(Review)) == 1


@pytest.mark.parametrize("shared", [True, False])
def test_a_card_of_somebody_elses_deck_is_not_found(learner, deck, card, now, shared):
    deck.owner_id = None if shared else make_user().id
    db.session.flush()
    if shared:
        answer(learner, card, Rating.Good, now)
        marks.apply("flag", learner.settings, card.id, now)
    else:
        with pytest.raises(NotFound):
            answer(learner, card, Rating.Good, now)
        with pytest.raises(NotFound):
            marks.apply("flag", learner.settings, card.id, now)
