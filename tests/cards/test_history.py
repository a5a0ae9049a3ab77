"""The log as arrays: what counts, how gaps are measured, what a model would have predicted."""

from datetime import timedelta

import numpy as np
import pytest

from cards import calibration, history, reviews, scheduler, vectors
from cards.scheduler import DEFAULT_PARAMETERS, State
from tests.cards.learners import LEARNERS, Learner
from tests.factories import answer, make_card, make_deck, make_user
from tracker.db import writing

DAY = timedelta(days=1)


def row(card=1, at=0, day=100, rating=3, before=None, fitted=False):
    return (card, 7, at, day, rating, 5000, before, fitted)


def test_gaps_are_study_days_and_never_negative() -> None:
    log = history.from_rows(
        [row(day=100), row(day=100), row(day=103), row(day=101), row(day=104), row(card=2, day=9)]
    )
    assert log.gap.tolist() == [-1, 0, 3, 0, 1, -1]


def test_an_empty_log_is_a_history_without_answers() -> None:
    log = history.from_rows([])
    assert len(log) == log.scored.sum() == len(history.predicted(DEFAULT_PARAMETERS, log)) == 0


@pytest.mark.parametrize(
    ("before", "day", "scored"),
    [
        ([State.Review, None, 5.0], 101, True),
        ([State.Review, None, 5.0], 100, False),
        ([State.Learning, 0, 5.0], 101, False),
        ([State.Relearning, 0, 5.0], 101, False),
        ([State.New, None, None], 101, False),
    ],
)
def test_scored_is_a_review_at_least_a_study_day_later(before, day, scored) -> None:
    log = history.from_rows([row(), row(day=day, before=before)])
    assert log.scored.tolist() == [False, scored]


def test_a_card_whose_beginning_is_not_in_the_log_is_not_replayed() -> None:
    known = [State.Review, None, 5.0]
    log = history.from_rows([row(before=known), row(day=105, before=known)])
    assert not log.whole.any()
    assert np.isnan(history.predicted(DEFAULT_PARAMETERS, log)).all()


@pytest.mark.parametrize("name", ["default", "steep"])
def test_replayed_predictions_are_those_the_scheduler_made(name: str) -> None:
    w = LEARNERS[name]
    log = Learner(w, app=w, cards=60).study(60).history()
    made = vectors.recall(w, log.stability[log.scored], log.gap[log.scored])
    assert history.predicted(w, log)[log.scored] == pytest.approx(made, abs=1e-9)


def test_the_log_is_read_without_answers_taken_back(app, now) -> None:
    with app.app_context(), writing():
        user, deck = make_user(), make_deck(0)
        card, other = make_card(deck), make_card(deck)
        answer(user, card, 3, now)
        answer(user, other, 1, now)
        answer(user, card, 3, now + 4 * DAY)
        last = answer(user, card, 1, now + 9 * DAY)
        reviews.undo(user.settings, last.review.id, now + 9 * DAY)
        log = history.read(user.id)

    assert log.card.tolist() == [card.id, card.id, other.id]
    assert log.gap.tolist() == [-1, 4, -1]
    assert log.scored.tolist() == [False, True, False]
    assert log.duration.tolist() == [5.0, 5.0, 5.0]
    made = calibration.made(log, DEFAULT_PARAMETERS)
    assert made[1] == pytest.approx(scheduler.recall_of(2.3065, 4, DEFAULT_PARAMETERS[20]))


def test_the_history_of_some_decks_keeps_their_answers_only() -> None:
    log = Learner(LEARNERS["default"], cards=80).study(20).history()
    part = log.of_decks([1])
    assert set(part.deck.tolist()) == {1}
    assert len(part) == (log.deck == 1).sum()
