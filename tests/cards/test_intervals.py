from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cards import days, intervals, scheduler
from cards.scheduler import Memory, State

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SETTINGS = scheduler.Settings(scheduler.DEFAULT_PARAMETERS, 0.9, "UTC", 4)


def learning(seconds: float) -> Memory:
    memory = scheduler.new(NOW + timedelta(seconds=seconds), SETTINGS)
    return replace(memory, state=State.Learning)


def review(days: int) -> Memory:
    # Due when the study day begins, so less than a whole number of days from now.
    due = NOW + timedelta(days=days, hours=-5)
    return replace(scheduler.new(due, SETTINGS), state=State.Review, interval=days)


@pytest.mark.parametrize(
    ("memory", "short", "words"),
    [
        (learning(-60), "<1m", "less than a minute"),
        (learning(59), "<1m", "less than a minute"),
        (learning(60), "1m", "1 minute"),
        (learning(600), "10m", "10 minutes"),
        (learning(59.7 * 60), "1h", "1 hour"),
        (learning(3 * 3600), "3h", "3 hours"),
        (learning(23.9 * 3600), "1d", "1 day"),
        (review(1), "1d", "1 day"),
        (review(12), "12d", "12 days"),
        (review(29), "29d", "29 days"),
        (review(30), "1mo", "1 month"),
        (review(69), "2.3mo", "2.3 months"),
        (review(364), "12.1mo", "12.1 months"),
        (review(365), "1y", "1 year"),
        (review(438), "1.2y", "1.2 years"),
        (review(36500), "100y", "100 years"),
    ],
)
def test_an_interval_reads_as_learners_expect(memory: Memory, short: str, words: str) -> None:
    assert intervals.short(memory, NOW) == short
    assert intervals.words(memory, NOW) == words


@pytest.mark.parametrize(
    ("now", "due", "words"),
    [
        ("2026-11-23T09:00", "2026-11-23T08:00", "now"),
        ("2026-11-23T09:00", "2026-11-23T09:00:01", "in 1 minute"),
        ("2026-11-23T09:00", "2026-11-23T09:06:10", "in 7 minutes"),
        ("2026-11-23T09:00", "2026-11-23T09:59:30", "in 1 hour"),
        ("2026-11-23T09:00", "2026-11-23T12:00", "in 3 hours"),
        ("2026-11-23T23:55", "2026-11-24T00:05", "in 10 minutes"),
        ("2026-11-23T23:00", "2026-11-24T01:00", "in 2 hours"),  # the same study day
        ("2026-11-23T23:00", "2026-11-24T04:00", "tomorrow"),
        ("2026-11-24T01:00", "2026-11-24T04:00", "in 3 hours"),  # the same date
        ("2026-11-24T01:00", "2026-11-25T04:00", "tomorrow"),
        ("2026-11-23T09:00", "2026-11-26T04:00", "in 3 days"),
        ("2026-11-23T09:00", "2027-01-31T04:00", "in 2.3 months"),
        ("2026-11-23T09:00", "2028-11-23T04:00", "in 2 years"),
    ],
)
def test_the_time_until_a_card_reads_as_people_speak(now: str, due: str, words: str) -> None:
    zone = days.zone("Asia/Tokyo")
    at, then = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (now, due))
    assert intervals.until(then.astimezone(UTC), at.astimezone(UTC), "Asia/Tokyo", 4) == words
