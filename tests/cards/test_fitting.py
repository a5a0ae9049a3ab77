"""Parameters of a learner's own: offered, blended, accepted only where they predict better."""

import random
import time

import numpy as np
import pytest
from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from cards import fitting, history
from cards.calibration import log_loss
from cards.scheduler import DEFAULT_PARAMETERS
from tests.cards.learners import Learner, like
from tests.cards.scheduling import settings

FAR = like(w0=1.2, w1=4.0, w2=9.0, w3=25.0, w8=2.2, w10=0.6, w20=0.35)


@pytest.fixture(scope="module")
def learner() -> Learner:
    return Learner(FAR, cards=500, new_per_day=12, seed=4).study(150)


def test_few_reviews_are_not_fitted() -> None:
    found = fitting.fit(Learner(FAR, cards=30).study(20).history())
    assert found.reason == "few"
    assert found.parameters == DEFAULT_PARAMETERS
    assert found.sentence.startswith("Not enough reviews yet (")


def test_a_fit_that_predicts_the_newest_reviews_better_is_accepted(learner: Learner) -> None:
    found = fitting.fit(learner.history())
    assert found.accepted
    assert found.after < found.before
    settings(parameters=found.parameters)


def test_an_accepted_fit_predicts_the_future_better(learner: Learner) -> None:
    found, known = fitting.fit(learner.history()), len(learner.rows)
    last = max(one[2] for one in learner.rows[:known])
    log = learner.study(60).history()
    future = log.scored & (log.at > last)
    losses = [
        log_loss(history.predicted(w, log)[future], log.recalled[future])
        for w in (found.parameters, DEFAULT_PARAMETERS)
    ]
    assert losses[0] < losses[1]


def test_the_present_parameters_stay_where_a_fit_is_no_better() -> None:
    log = Learner(DEFAULT_PARAMETERS, cards=120, seed=3).study(60).history()
    found = fitting.fit(log, DEFAULT_PARAMETERS)
    assert found.reason == "no better"
    assert found.parameters == DEFAULT_PARAMETERS
    assert found.after >= found.before > 0


def test_a_fit_is_compared_with_the_parameters_in_use(learner: Learner) -> None:
    own = fitting.fit(learner.history())
    again = fitting.fit(learner.history(), own.parameters)
    assert again.before < own.before
    if not again.accepted:
        assert again.parameters == own.parameters


def test_the_bounds_are_those_of_the_scheduler() -> None:
    assert tuple(map(float, fitting.LOWEST)) == LOWER_BOUNDS_PARAMETERS
    assert tuple(map(float, fitting.HIGHEST)) == UPPER_BOUNDS_PARAMETERS


@pytest.mark.parametrize("extreme", [-1e6, 0.0, 1e6])
def test_refused_parameters_are_brought_within_the_bounds(extreme: float) -> None:
    settings(parameters=fitting.clamped([extreme] * 21))


@pytest.mark.parametrize("rating", [1, 2, 3, 4])
def test_one_sided_answers_are_no_error(rating: int) -> None:
    before = [2, None, 3.0]
    rows = [
        (card, 1, day, 100 + day, rating, 1000, before if day else None, False)
        for card in range(120)
        for day in range(6)
    ]
    assert fitting.fit(history.from_rows(rows)).reviews == 600


@budget(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_no_log_raises(chance: random.Random, longest: int) -> None:
    rows: list[history.Row] = []
    for card in range(150):
        day = chance.randint(-5, 5000)
        for turn in range(chance.randint(1, longest)):
            before = [chance.randint(0, 3), None, chance.choice([None, 1e-3, 5.0, 36500.0])]
            given_before = before if turn or chance.random() < 0.3 else None
            rows.append((card, 0, day, day, chance.randint(1, 4), 0, given_before, True))
            day += chance.choice([-3, 0, 1, 5, 4000])
    found = fitting.fit(history.from_rows(rows))
    settings(parameters=found.parameters)
    assert np.isfinite([found.before, found.after]).all()


def test_a_long_log_is_fitted_in_bounded_time(learner: Learner) -> None:
    rows = [
        (one[0] + 1000 * copy, *one[1:])
        for copy in range(1 + 30_000 // len(learner.rows))
        for one in learner.rows
    ]
    log = history.from_rows(sorted(rows, key=lambda one: (one[0], one[2])))
    began = time.process_time()
    fitting.fit(log)
    assert time.process_time() - began < 20
