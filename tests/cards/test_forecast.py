"""Forecasts: their ranges hold what happens, and are scored when it has happened."""

import json
import math

import numpy as np
import pytest

from cards import forecast, marks, mastery, pace, simulation
from cards.forecast import Score
from cards.scheduler import DEFAULT_PARAMETERS as W
from cards.scheduler import State
from cards.simulation import NEVER, Plan
from tests.cards.learners import HABITS, LEARNERS, START, Learner, fresh
from tests.factories import answer, make_card, make_deck, make_user
from tracker.db import db, writing

ALL = Plan(new_per_day=6, reviews_per_day=10**6)
SOMEBODY = simulation.Learner(W, HABITS)


def covered(seed: int, app: tuple[float, ...] | None, error: float) -> bool:
    """Whether the range of the reviews of 30 days holds what a learner then does."""
    true = list(LEARNERS.values())[seed % len(LEARNERS)]
    w = true if app is None else app
    learner = Learner(true, app=w, cards=60, new_per_day=6, seed=seed).study(15)
    who = simulation.Learner(w, HABITS, fitted=True)
    found = forecast.make(learner.deck(), ALL, who, learner.day, 30, error, runs=50, seed=seed)
    learner.study(30)
    happened = sum(learner.counts[found.today + ahead] for ahead in range(30))
    return found.total_reviews.low <= happened <= found.total_reviews.high


def test_with_true_parameters_the_range_holds_the_truth_eight_times_in_ten() -> None:
    assert 0.70 <= np.mean([covered(seed, None, 0.0) for seed in range(200)]) <= 0.90


def test_with_default_parameters_the_widened_range_holds_the_truth() -> None:
    share = np.mean([covered(seed, W, forecast.ERROR_DEFAULT) for seed in range(48)])
    assert share >= 0.70


def weekends(begin: int, count: int) -> list[int]:
    """Which of so many days from `begin` on, counted from 0, are Saturdays and Sundays."""
    return [ahead for ahead in range(count) if pace.weekday(begin + ahead) >= 5]


def test_the_range_holds_for_a_learner_who_skips_days() -> None:
    held, new = [], []
    for seed in range(24):
        w = list(LEARNERS.values())[seed % len(LEARNERS)]
        learner = Learner(w, app=w, cards=180, new_per_day=4, seed=seed)
        learner.study(42, skip=weekends(START, 42))
        habits = pace.of(learner.history(), learner.day)
        who = simulation.Learner(w, habits, fitted=True)
        plan = Plan(new_per_day=4, reviews_per_day=10**6)
        found = forecast.make(learner.deck(), plan, who, learner.day, 21, 0.0, 50, seed)
        seen = len(learner.memories)
        learner.study(21, skip=weekends(found.today, 21))
        happened = sum(learner.counts.get(found.today + ahead, 0) for ahead in range(21))
        held.append(found.total_reviews.low <= happened <= found.total_reviews.high)
        new.append(sum(found.new) / (len(learner.memories) - seen))
    assert np.mean(held) >= 0.70
    assert np.mean(new) == pytest.approx(1, abs=0.15)


def test_the_day_of_being_known_lies_in_its_range() -> None:
    held = []
    for seed in range(24):
        w = list(LEARNERS.values())[seed % 3]
        learner = Learner(w, app=w, cards=25, new_per_day=5, seed=seed).study(20)
        who = simulation.Learner(w, HABITS, fitted=True)
        made = forecast.make(learner.deck(), ALL, who, learner.day, 120, 0.0, 50, seed)
        day = known_on(learner, 120)
        early, late = made.known[0].early or NEVER, made.known[0].late or NEVER
        held.append(early <= day <= late)
    assert 0.6 <= np.mean(held) <= 1.0


def known_on(learner: Learner, days: int) -> int:
    for _ in range(days):
        learner.study(1)
        seen = [
            mastery.Recall(one.stability or 0.0, one.last_day or 0, one.passes)
            for one in learner.memories.values()
        ]
        today = learner.day - 1
        if mastery.standing(25, seen, today, learner.app[20], fitted=True).known:
            return today
    return NEVER


def test_a_forecast_has_a_range_for_every_day() -> None:
    found = forecast.make(fresh(60, 3), ALL, SOMEBODY, START, 20, runs=20)
    assert len(found.reviews) == len(found.minutes) == len(found.new) == 20
    assert len(found.recall) == 3
    assert len(found.known) == 4
    assert all(day.low <= day.middle <= day.high for day in found.reviews + found.minutes)
    assert all(0 <= share <= 1 for deck in found.recall for share in deck)


def test_model_error_widens_the_range() -> None:
    narrow, wide = (
        forecast.make(fresh(60, 3), ALL, SOMEBODY, START, 20, error, 20).total_reviews
        for error in (0.0, 0.14)
    )
    assert wide.low < narrow.low <= narrow.middle == wide.middle <= narrow.high < wide.high
    spread = math.hypot(narrow.high - narrow.middle, 1.2816 * 0.14 * wide.middle)
    assert wide.high - wide.middle == pytest.approx(spread)


def test_more_time_a_day_is_an_earlier_date() -> None:
    dates = [
        forecast.make(
            fresh(60, 2), Plan(new_per_day=6, minutes=minutes), SOMEBODY, START, 200, 0.0, 20
        ).known[-1].likely
        for minutes in (4, 8, 30)
    ]  # fmt: skip
    late = [NEVER if date is None else date for date in dates]
    assert late == sorted(late, reverse=True)
    assert late[0] > late[-1]


def test_what_is_not_known_within_the_horizon_has_no_date() -> None:
    found = forecast.make(fresh(60), ALL, SOMEBODY, START, 10, runs=20)
    assert found.known[0] == forecast.When(None, None, None)


def test_a_larger_collection_is_played_fewer_times() -> None:
    assert forecast.runs_for(fresh(1000), 90) == 100
    assert forecast.runs_for(fresh(20_000), 90) == forecast.FEWEST


@pytest.mark.parametrize(
    ("actual", "error", "inside"),
    [([10, 10], 0.0, 1.0), ([10, 12], 0.1, 1.0), ([0, 10], 0.5, 0.5), ([30, 30, 30], 2.0, 0.0)],
)
def test_a_stored_forecast_is_scored_as_far_as_it_goes(actual, error, inside) -> None:
    kept = {"today": START, "reviews": [[8, 10, 12], [8, 10, 12]]}
    assert forecast.score(kept, actual) == Score(min(2, len(actual)), error, inside)


def test_a_forecast_of_nothing_can_be_scored() -> None:
    assert forecast.score({"today": START, "reviews": []}, [3]).days == 0
    assert forecast.score({"today": START, "reviews": [[0, 0, 0]]}, [3]).error == 3.0


def test_what_is_stored_is_json() -> None:
    kept = forecast.make(fresh(30), ALL, SOMEBODY, START, 5, runs=20).kept()
    assert json.loads(json.dumps(kept)) == kept


def test_the_error_is_that_of_the_learners_own_forecasts_once_there_are_five() -> None:
    scores = [Score(7, 0.06, 1.0)] * 5
    assert forecast.model_error(False, scores[:4]) == 0.14
    assert forecast.model_error(True, []) == 0.08
    assert math.isclose(forecast.model_error(False, scores), 0.06)
    assert forecast.sentence(scores) == "Our last forecasts were off by 6 %."
    assert "old enough" in forecast.sentence([])


def test_the_cards_of_a_learner_are_read_with_what_is_remembered(app, now) -> None:
    with app.app_context(), writing():
        user, other = make_user(), make_user()
        second, first = make_deck(2), make_deck(0)
        seen, aside, unseen, retired = (make_card(first) for _ in range(4))
        retired.retired_at = now
        for card in (seen, aside):
            answer(user, card, 3, now)
        answer(other, unseen, 3, now)
        marks.suspend(user.settings, aside.id, now)
        db.session.flush()
        cards = forecast.load(user.id, [first.id, second.id], [[0, 1]])

    assert cards.deck.tolist() == [0, 0, 0, 1, 1]
    assert cards.state.tolist() == [State.Review, State.Review, *[State.New] * 3]
    assert cards.due_day[1] == NEVER > cards.due_day[0]
    assert cards.coming.tolist() == [2, 3, 4]
    assert cards.stability[0] == pytest.approx(2.3065)
    assert cards.groups == ((0, 1),)


def test_without_decks_there_is_nothing_to_forecast(app) -> None:
    with app.app_context():
        cards = forecast.load(1, [])
    found = forecast.make(cards, ALL, SOMEBODY, START, 5)
    assert found.total_reviews.high == 0
    assert found.recall == ()


@pytest.mark.parametrize(("cards", "days"), [(1_000, 90), (1_000, 365), (2_400, 365)])
def test_a_long_look_ahead_takes_no_more_than_the_budget(cards, days):
    runs = forecast.runs_for(fresh(cards), days)
    assert runs >= forecast.FEWEST and cards * days * runs <= 1_000 * 90 * 100
