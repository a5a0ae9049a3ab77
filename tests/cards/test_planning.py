"""Plans for a date, and the way back after a break."""

from dataclasses import replace

import numpy as np
import pytest

from cards import planning, simulation
from cards.scheduler import DEFAULT_PARAMETERS as W
from cards.simulation import Plan
from tests.cards import learners
from tests.cards.learners import HABITS, START, fresh

SOMEBODY = simulation.Learner(W, HABITS)


@pytest.fixture(scope="module")
def easy() -> planning.Ready:
    return planning.ready_by(fresh(100, 2), Plan(), SOMEBODY, START, START + 40, 12)


@pytest.fixture(scope="module")
def hard() -> planning.Ready:
    return planning.ready_by(fresh(200, 2), Plan(), SOMEBODY, START, START + 30, 6)


@pytest.fixture(scope="module")
def back() -> learners.Learner:
    """A learner who comes back after thirty days."""
    found = learners.Learner(W, cards=200, new_per_day=8, seed=3).study(45)
    found.day += 30
    return found


def outcome(cards, plan, today, days, w=W):
    learner = simulation.Learner(w, HABITS)
    return simulation.simulate(cards, plan, learner, today, days, 20, seed=77, watch=False)


def test_a_plan_says_what_to_do_and_what_comes_of_it(easy: planning.Ready) -> None:
    assert easy.possible
    assert easy.recall.low <= easy.recall.middle <= easy.recall.high
    assert easy.sentence.startswith(f"With {easy.plan.new_per_day} new cards a day and a desired")
    assert "on 2 January 2027" in easy.sentence


def test_the_plan_is_better_than_the_present_settings_in_the_same_minutes(
    easy: planning.Ready, hard: planning.Ready
) -> None:
    assert easy.recall.middle > easy.usual
    assert hard.recall.middle > hard.usual


def test_the_plan_holds_on_other_luck_and_within_the_minutes(easy: planning.Ready) -> None:
    found = outcome(fresh(100, 2), easy.plan, START, 41)
    assert found.seconds.max() <= 12 * 60 + 1e-6
    assert found.seconds[:, -1].max() == 0
    shares = found.remembered[:, :, -1].sum(1) / 100
    assert np.median(shares) == pytest.approx(easy.recall.middle, abs=0.03)


def test_a_plan_that_cannot_be_done_says_what_would(hard: planning.Ready) -> None:
    assert not hard.possible
    assert hard.sentence.startswith("6 minutes a day are not enough for 23 December 2026")
    assert f"with {hard.enough} minutes a day" in hard.sentence
    assert "with the same minutes by" in hard.sentence


def test_the_minutes_that_would_be_enough_are(hard: planning.Ready) -> None:
    assert hard.enough is not None and hard.enough > 6
    again = planning.ready_by(fresh(200, 2), Plan(), SOMEBODY, START, START + 30, hard.enough)
    assert again.recall.middle >= hard.goal - 0.01


def test_the_later_date_would_do(hard: planning.Ready) -> None:
    assert hard.later is not None and hard.later > hard.day
    again = planning.ready_by(fresh(200, 2), Plan(), SOMEBODY, START, hard.later + 1, 6)
    assert again.recall.middle >= hard.goal - 0.02


def test_days_off_are_kept_in_a_plan() -> None:
    plan = Plan(days_off=frozenset({START + 3}), weekdays_off=frozenset({6}))
    found = planning.ready_by(fresh(40), plan, SOMEBODY, START, START + 20, 15)
    assert found.plan.days_off == {START + 3, START + 20}
    assert found.plan.weekdays_off == {6}


@pytest.mark.parametrize("day", [START, START - 5])
def test_a_day_that_is_not_to_come_is_refused(day: int) -> None:
    with pytest.raises(ValueError, match="must be to come"):
        planning.ready_by(fresh(10), Plan(), SOMEBODY, START, day, 10)


def test_tomorrow_and_no_cards_at_all_are_no_error() -> None:
    assert planning.ready_by(fresh(0), Plan(), SOMEBODY, START, START + 1, 10).recall.middle == 0
    assert planning.ready_by(fresh(5), Plan(), SOMEBODY, START, START + 1, 10).recall.middle > 0.8


def test_coming_back_has_a_day_and_a_cap(back: learners.Learner) -> None:
    found = planning.recovery(back.deck(), Plan(), SOMEBODY, back.day, 8)
    due = sum(memory.due_day <= back.day for memory in back.memories.values())
    assert found.waiting == len(found.order) == due
    assert found.recovered.likely is not None
    assert len(found.minutes) == len(found.recall) == found.recovered.likely - back.day + 1
    assert all(day.high <= 8 + 1e-9 for day in found.minutes)
    assert f"{due} reviews wait. With at most 8 minutes a day you will have" in found.sentence


def test_what_gains_most_recall_a_minute_comes_first(back: learners.Learner) -> None:
    cards = back.deck()
    found = planning.recovery(cards, Plan(), SOMEBODY, back.day, 8)
    order = np.array(found.order)
    elapsed = back.day - cards.last_day[order]
    gains = simulation.gain(
        SOMEBODY, Plan(), cards.stability[order], cards.difficulty[order], elapsed
    )
    assert (np.diff(gains) <= 0).all()


@pytest.mark.parametrize("other", ["due", "recall"])
def test_that_order_keeps_more_remembered_than_another(other) -> None:
    saved = []
    for seed, w in enumerate(learners.LEARNERS.values()):
        learner = learners.Learner(w, app=w, cards=200, new_per_day=8, seed=seed).study(45)
        plan = Plan(minutes=4, new_per_day=0, reviews_per_day=10**6)
        ours, theirs = (
            outcome(learner.deck(), replace(plan, order=order), learner.day + 30, 10, w)
            for order in ("gain", other)
        )
        saved.append(ours.remembered.mean() - theirs.remembered.mean())
    assert np.mean(saved) > 0


def test_the_day_of_recovery_is_met() -> None:
    for seed in range(4):
        learner = learners.Learner(W, cards=200, new_per_day=8, seed=seed).study(45)
        learner.day += 30
        told = planning.recovery(learner.deck(), Plan(), SOMEBODY, learner.day, 8)
        assert told.recovered.likely is not None
        assert abs(catch_up(learner, 8 * 60) - told.recovered.likely) <= 2


def catch_up(learner: learners.Learner, seconds: float) -> int:
    """Work through what is due, so many seconds a day; the day at whose end nothing is left."""
    for _ in range(100):
        cards = learner.deck()
        due = [card for card, one in learner.memories.items() if one.due_day <= learner.day]
        at = np.array(due)
        gains = simulation.gain(
            SOMEBODY, Plan(), cards.stability[at], cards.difficulty[at],
            learner.day - cards.last_day[at],
        )  # fmt: skip
        if learner.review([due[i] for i in np.argsort(-gains)], seconds, HABITS.seconds):
            return learner.day - 1
    return learner.day


def test_minutes_that_never_catch_up_are_named(back: learners.Learner) -> None:
    found = planning.recovery(back.deck(), Plan(), SOMEBODY, back.day, 0.5)
    assert found.recovered.likely is None
    assert "not enough to catch up" in found.sentence
    if found.enough:
        assert f"{found.enough} minutes a day would be." in found.sentence


def test_where_nothing_waits_there_is_nothing_to_catch_up() -> None:
    found = planning.recovery(fresh(20), Plan(), SOMEBODY, START, 10)
    assert found.sentence == "Nothing waits: you have caught up."
    assert found.recovered.likely == START
