from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import scheduler
from cards.scheduler import Rating
from tests.cards.scheduling import (
    AGAIN,
    DAY,
    EASY,
    GOOD,
    HARD,
    NOW,
    SEED,
    replay,
    reviewed,
    settings,
)


@pytest.mark.parametrize(
    ("interval", "low", "high"),
    [(1, 1, 1), (2, 2, 2), (3, 2, 4), (7, 5, 9), (10, 8, 12), (20, 17, 23), (50, 46, 54)],
)
def test_fuzz_stays_in_the_range_anki_uses(interval: int, low: int, high: int) -> None:
    assert scheduler.fuzz_range(interval, 36500) == (low, high)


def test_fuzz_reaches_every_day_of_its_range_and_no_other() -> None:
    plain, fuzzed = settings(fuzz=False), settings()
    interval = reviewed(plain).interval
    low, high = scheduler.fuzz_range(interval, 36500)
    memory = replay([3, 3], [0, 0], plain)
    found = {
        scheduler.answer(memory, GOOD, NOW + 3 * DAY, fuzzed, str(n)).interval for n in range(500)
    }
    assert found == set(range(low, high + 1))


def test_fuzz_is_the_same_each_time_it_is_asked_for() -> None:
    given = settings()
    memory = reviewed(given)
    shown = scheduler.buttons(memory, NOW + 20 * DAY, given, SEED)
    assert shown == {r: scheduler.answer(memory, r, NOW + 20 * DAY, given, SEED) for r in Rating}


def test_fuzz_is_drawn_anew_for_each_review_of_a_card() -> None:
    given = settings()
    memory = reviewed(given)
    found = {
        scheduler.answer(replace(memory, reps=n), GOOD, NOW + 20 * DAY, given, SEED).interval
        for n in range(20)
    }
    assert len(found) > 3


def test_fuzz_never_exceeds_the_maximum_interval() -> None:
    given = settings(maximum_interval=30)
    memory = replay([4, 4], [0, 20], given)
    found = [
        scheduler.answer(memory, EASY, NOW + 60 * DAY, given, str(n)).interval for n in range(50)
    ]
    assert max(found) == 30


histories = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 400)), min_size=1, max_size=8)


@given(histories, st.integers(0, 400), st.text(max_size=5))
def test_a_better_answer_never_gets_a_shorter_interval(
    history: list[tuple[int, int]], gap: int, seed: str
) -> None:
    given = settings()
    memory = replay([r for r, _ in history], [g for _, g in history], given)
    assert memory.last_review is not None
    after = scheduler.buttons(memory, memory.last_review + gap * DAY, given, seed)
    assert after[HARD].due <= after[GOOD].due <= after[EASY].due
    assert after[AGAIN].due <= after[HARD].due
