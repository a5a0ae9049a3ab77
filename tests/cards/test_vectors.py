import random

import numpy as np
import pytest

from cards import scheduler, vectors
from cards.scheduler import Rating
from tests.cards.learners import LEARNERS
from tests.cards.scheduling import DAY, NOW, SEED, exact, replay, settings

GAPS = (0, 0, 1, 2, 5, 13, 40, 200, 2000)


@pytest.mark.parametrize("name", LEARNERS)
def test_histories_give_the_memories_of_the_scheduler(name: str) -> None:
    chance, w, given = random.Random(name), LEARNERS[name], exact(parameters=LEARNERS[name])
    ratings = [[chance.randint(1, 4) for _ in range(8)] for _ in range(200)]
    gaps = [[0, *(chance.choice(GAPS) for _ in range(7))] for _ in range(200)]
    expected = [replay(*pair, given) for pair in zip(ratings, gaps, strict=True)]

    rated, gapped = np.array(ratings).T, np.array(gaps).T
    s, d = vectors.first(w, rated[0])
    for rating, gap in zip(rated[1:], gapped[1:], strict=True):
        s, d = vectors.after(w, s, d, gap, rating)

    assert s == pytest.approx([memory.stability for memory in expected], rel=1e-9)
    assert d == pytest.approx([memory.difficulty for memory in expected], rel=1e-9)


def test_recall_and_intervals_are_those_of_the_scheduler() -> None:
    w = LEARNERS["steep"]
    s, gap = np.geomspace(0.01, 36500, 200), np.arange(200)
    expected = [scheduler.recall_of(*pair, w[20]) for pair in zip(s, gap, strict=True)]
    assert vectors.recall(w, s, gap) == pytest.approx(expected, abs=1e-12)
    expected = [min(36500, scheduler.interval_for(one, 0.87, w[20])) for one in s]
    assert vectors.intervals(w, s, 0.87).tolist() == expected


@pytest.mark.parametrize("interval", [1, 2, 3, 5, 10, 30, 100, 36500])
def test_spread_intervals_lie_in_the_range_of_the_scheduler(interval: int) -> None:
    draws = np.linspace(0, 1, 5000, endpoint=False)
    found = vectors.spread(np.full(5000, float(interval)), draws)
    assert (found.min(), found.max()) == scheduler.fuzz_range(interval, 36500)


def test_an_answer_of_the_same_day_grows_as_in_the_scheduler() -> None:
    memory = replay([3, 3], [0, 5], settings(fuzz=False))
    again = scheduler.answer(memory, Rating.Hard, NOW + 5 * DAY, settings(fuzz=False), SEED)
    given = np.array([memory.stability]), np.array([memory.difficulty])
    found, _ = vectors.after(scheduler.DEFAULT_PARAMETERS, *given, np.array([0]), np.array([2]))
    assert found[0] == pytest.approx(again.stability, rel=1e-12)
