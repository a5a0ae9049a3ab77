"""How a learner answers, measured on the log."""

from dataclasses import replace

import numpy as np
import pytest

from cards import history, pace
from tests.cards.learners import FIRST, LEARNERS, START, Learner

EMPTY = history.from_rows([])


def log(study: int = 120, **values):
    return Learner(LEARNERS["default"], cards=400, **values).study(study).history()


def test_a_new_learner_has_the_default_pace() -> None:
    found = pace.of(EMPTY, START)
    assert found.attendance == (1.0,) * 7
    assert found.first == pytest.approx(pace.DEFAULT.first)
    assert np.array(found.seconds) == pytest.approx(np.array(pace.DEFAULT.seconds))


def test_shares_of_ratings_are_those_of_the_log() -> None:
    found = pace.of(log(), START + 120)
    assert found.first == pytest.approx(FIRST, abs=0.05)
    assert sum(found.first) == pytest.approx(1)
    assert all(sum(row) == pytest.approx(1) for row in (*found.learning, *found.relearning))


def test_seconds_follow_the_learner() -> None:
    slow = replace(log(), duration=np.full(len(log()), 40.0))
    found = pace.of(slow, START + 120)
    assert found.seconds[pace.REVIEW][2] == pytest.approx(40, rel=0.05)
    assert found.seconds[pace.RELEARNING][3] > pace.DEFAULT.seconds[pace.RELEARNING][3]


def test_attendance_is_the_share_of_days_studied() -> None:
    learner = Learner(LEARNERS["default"], cards=900, seed=1)
    learner.study(84, skip=[day for day in range(84) if (START + day - 1) % 7 in (5, 6)])
    found = pace.of(learner.history(), learner.day)
    assert min(found.attendance[:5]) > 0.95
    assert max(found.attendance[5:]) < 0.4


def test_today_is_no_missed_day() -> None:
    learner = Learner(LEARNERS["default"], cards=900).study(60)
    assert pace.of(learner.history(), learner.day).attendance == pytest.approx((1.0,) * 7)


def test_the_first_study_day_tells_nothing_of_attendance() -> None:
    learner = Learner(LEARNERS["default"]).study(1)
    assert pace.of(learner.history(), START).attendance == (1.0,) * 7
