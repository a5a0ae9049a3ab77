from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import days, scheduler
from cards.scheduler import Rating, State
from tests.cards.scheduling import (
    AGAIN,
    DAY,
    EASY,
    GOOD,
    MINUTE,
    NOW,
    SEED,
    exact,
    replay,
    reviewed,
    settings,
)

# Study days.


def test_an_answer_23_hours_and_a_half_later_is_a_day_later() -> None:
    given = exact()
    first = scheduler.answer(scheduler.new(NOW, given), GOOD, NOW, given, SEED)
    second = scheduler.answer(first, GOOD, NOW + timedelta(hours=23.5), given, SEED)
    assert second.stability == replay([3, 3], [0, 1], given).stability
    assert second.passes == 1


def test_an_answer_after_midnight_but_before_the_rollover_is_on_the_same_day() -> None:
    given = exact()
    first = scheduler.answer(scheduler.new(NOW, given), GOOD, NOW, given, SEED)
    second = scheduler.answer(first, GOOD, NOW + timedelta(hours=18.9), given, SEED)
    assert second.last_day == first.last_day
    assert second.passes == 0


def test_two_answers_minutes_apart_around_the_rollover_are_a_day_apart() -> None:
    given = exact()
    before = datetime(2026, 11, 24, 3, 59, tzinfo=UTC)
    first = scheduler.answer(scheduler.new(before, given), GOOD, before, given, SEED)
    second = scheduler.answer(first, GOOD, before + 2 * MINUTE, given, SEED)
    assert second.stability == replay([3, 3], [0, 1], given).stability


def test_a_review_card_is_due_when_its_study_day_begins() -> None:
    memory = replay([4], [0], exact(zone="America/New_York"))
    assert memory.state == State.Review
    assert memory.last_day is not None
    assert memory.due_day == memory.last_day + memory.interval == memory.last_day + 8
    assert memory.due == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_a_learning_card_is_due_at_an_instant() -> None:
    late = datetime(2026, 11, 24, 3, 55, tzinfo=UTC)
    memory = scheduler.answer(scheduler.new(late, settings()), AGAIN, late, settings(), SEED)
    assert memory.state == State.Learning
    assert memory.due == late + 10 * MINUTE
    assert memory.due_day == days.of(late, "UTC", 4) + 1


def test_a_traveller_whose_day_goes_back_gains_and_loses_nothing() -> None:
    auckland, honolulu = settings(zone="Pacific/Auckland"), settings(zone="Pacific/Honolulu")
    first = scheduler.answer(scheduler.new(NOW, auckland), GOOD, NOW, auckland, SEED)
    second = scheduler.answer(first, GOOD, NOW + 20 * MINUTE, honolulu, SEED)
    assert second.last_day == first.last_day
    assert second.passes == 0
    assert second.due > NOW + 20 * MINUTE


def test_a_study_day_from_the_log_is_taken_as_it_is() -> None:
    given = exact()
    today = days.of(NOW, "UTC", 4)
    answers = [(NOW, GOOD, today), (NOW + MINUTE, GOOD, today + 1)]
    assert scheduler.fold(answers, given, SEED)[-1].passes == 1


def test_a_study_day_from_the_log_never_makes_a_card_due_before_its_answer() -> None:
    given = exact()
    long_ago = days.of(NOW, "UTC", 4) - 30
    memory = scheduler.answer(scheduler.new(NOW, given), EASY, NOW, given, SEED, long_ago)
    assert (memory.due, memory.due_day) == (NOW, long_ago + 8)


# Passes, lapses, counts.


def test_twenty_easy_answers_in_twenty_minutes_earn_no_pass() -> None:
    answers = [(NOW + n * MINUTE, EASY) for n in range(20)]
    memory = scheduler.fold(answers, settings(), SEED)[-1]
    assert (memory.reps, memory.passes, memory.last_pass_day) == (20, 0, None)


def test_a_success_on_a_later_study_day_is_a_pass() -> None:
    memory = replay([3, 3, 2], [0, 1, 4], settings())
    assert (memory.passes, memory.last_pass_day) == (2, memory.last_day)


def test_a_failure_followed_by_a_success_on_one_day_is_no_pass() -> None:
    assert replay([3, 1, 3], [0, 1, 0], settings()).passes == 0


def test_only_again_in_state_review_is_a_lapse() -> None:
    assert replay([1, 1], [0, 0], settings()).lapses == 0
    assert replay([4, 1, 1], [0, 8, 0], settings()).lapses == 1


def test_a_new_memory_is_due_now_and_recalls_nothing() -> None:
    memory = scheduler.new(NOW, settings())
    assert (memory.state, memory.due, memory.reps) == (State.New, NOW, 0)
    assert scheduler.recall(memory, memory.due_day, 0.1542) == 0


def test_recall_is_whole_on_the_day_of_the_answer_and_falls_after_it() -> None:
    memory = replay([3], [0], settings())
    today = days.of(NOW, "UTC", 4)
    recalls = [scheduler.recall(memory, today + n, 0.1542) for n in range(-1, 50)]
    assert recalls[:2] == [1, 1]
    assert recalls[1:] == sorted(recalls[1:], reverse=True)


def test_stability_has_a_ceiling() -> None:
    memory = replay([4] * 12, [0, *[4000] * 11], settings())
    assert memory.stability == scheduler.MAXIMUM_STABILITY


# Times.


@pytest.mark.parametrize(
    "zone", [timezone(timedelta(hours=5)), ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo")]
)
def test_a_time_in_any_zone_counts_as_its_instant(zone: Any) -> None:  # noqa: ANN401
    given = settings()
    memory = reviewed(given)
    at = NOW + 20 * DAY
    assert scheduler.answer(memory, GOOD, at.astimezone(zone), given, SEED) == scheduler.answer(
        memory, GOOD, at, given, SEED
    )


def test_a_naive_time_is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    memory = reviewed(settings())
    with pytest.raises(ValueError, match="time zone"):
        scheduler.answer(memory, GOOD, naive, settings(), SEED)
    with pytest.raises(ValueError, match="time zone"):
        scheduler.new(naive, settings())
    with pytest.raises(ValueError, match="time zone"):
        scheduler.clamp(naive, NOW, None)


def test_an_answer_from_before_the_last_review_is_refused() -> None:
    memory = reviewed(settings())
    with pytest.raises(ValueError, match="folded"):
        scheduler.answer(memory, GOOD, NOW, settings(), SEED)


@given(
    st.permutations(list(enumerate([3, 3, 1, 3, 2, 4]))),
    st.lists(st.integers(1, 90000), min_size=6, max_size=6),
)
def test_answers_that_arrive_in_any_order_give_the_same_memory(
    arrival: list[tuple[int, int]], minutes: list[int]
) -> None:
    times = [NOW + sum(minutes[: n + 1]) * MINUTE for n in range(6)]
    answers = [(times[n], Rating(rating)) for n, rating in arrival]
    assert scheduler.fold(answers, settings(), SEED) == scheduler.fold(
        sorted(answers), settings(), SEED
    )


def test_folding_on_from_a_memory_is_folding_from_the_start() -> None:
    answers = [(NOW + n * n * DAY, GOOD) for n in range(6)]
    whole = scheduler.fold(answers, settings(), SEED)
    assert scheduler.fold(answers[3:], settings(), SEED, start=whole[2]) == whole[3:]


any_time = st.datetimes(datetime(1976, 1, 1), datetime(2076, 1, 1), timezones=st.just(UTC))


@given(any_time, any_time, st.sampled_from(list(Rating)), st.booleans())
def test_clocks_fifty_years_off_never_make_a_card_due_before_its_answer(
    first: datetime, second: datetime, rating: Rating, seen: bool
) -> None:
    given = settings(zone="Pacific/Apia")
    memory = scheduler.new(NOW, given)
    for claimed in [first, second] if seen else [first]:
        at = scheduler.clamp(claimed, NOW, memory.last_review)
        if memory.last_review is None or at >= memory.last_review:
            memory = scheduler.answer(memory, rating, at, given, SEED)
            assert memory.due >= at
            assert scheduler.EARLIEST <= at <= NOW + scheduler.AHEAD


@pytest.mark.parametrize(
    ("at", "counts_from"),
    [
        (NOW - DAY, NOW - DAY),
        (NOW + 2 * MINUTE, NOW + 2 * MINUTE),
        (NOW + 3 * MINUTE, NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))), NOW),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), NOW),
    ],
)
def test_an_answer_with_a_wrong_clock_counts_from_now(at: datetime, counts_from: datetime) -> None:
    assert scheduler.clamp(at, NOW, NOW - DAY) == counts_from


def test_an_answer_with_a_wrong_clock_never_goes_before_the_last_review() -> None:
    last = NOW + MINUTE
    assert scheduler.clamp(NOW + 9 * DAY, NOW, last) == last


def test_a_card_whose_meaning_changed_is_due_at_the_change() -> None:
    given = settings()
    memory, changed = reviewed(given), NOW + 4 * DAY
    due = scheduler.made_due(memory, changed, given)
    assert due == replace(memory, due=changed, due_day=days.of(changed, "UTC", 4))


@pytest.mark.parametrize("after", [timedelta(0), 3 * DAY, 999 * DAY])
def test_a_change_from_before_the_answer_or_after_the_due_day_moves_nothing(
    after: timedelta,
) -> None:
    memory = reviewed(settings())
    assert scheduler.made_due(memory, NOW + after, settings()) == memory


def test_a_new_card_whose_meaning_changed_stays_new() -> None:
    memory = scheduler.new(NOW, settings())
    assert scheduler.made_due(memory, NOW + DAY, settings()) == memory


# Settings.


@pytest.mark.parametrize(
    "changes",
    [
        {"retention": 0.69},
        {"retention": 1.0},
        {"retention": float("nan")},
        {"parameters": (1.0,) * 19},
        {"parameters": (*scheduler.DEFAULT_PARAMETERS[:20], 0.05)},
        {"parameters": (*scheduler.DEFAULT_PARAMETERS[:20], float("nan"))},
        {"zone": "Mars/Olympus"},
        {"rollover": 13},
        {"rollover": -1},
        {"learning_steps": (0,)},
        {"relearning_steps": (86400,)},
        {"maximum_interval": 0},
        {"maximum_interval": 36501},
    ],
)
def test_settings_fsrs_cannot_work_with_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        settings(**changes)


def test_settings_from_lists_equal_settings_from_tuples() -> None:
    given = settings(parameters=list(scheduler.DEFAULT_PARAMETERS), learning_steps=[600])
    assert given == settings()
