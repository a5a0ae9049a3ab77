from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cards import days

ZONES = sorted(available_timezones() - {"localtime"})


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def day(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal()


def wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def transition(zone: str, low: datetime, high: datetime) -> datetime:
    """An instant between two times at which the zone turns its clocks; `low` if it does not."""
    place = ZoneInfo(zone)
    before = low.astimezone(place).utcoffset()
    if before == high.astimezone(place).utcoffset():
        return low
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


@st.composite
def instants_near_transitions(draw: st.DrawFn) -> tuple[str, datetime]:
    zone = draw(st.sampled_from(ZONES))
    low = utc(draw(st.integers(2000, 2029)), draw(st.sampled_from([1, 7])), 1)
    at = transition(zone, low, low + timedelta(days=182))
    return zone, at + timedelta(minutes=draw(st.integers(-3000, 3000)))


@settings(max_examples=400)
@given(instants_near_transitions(), st.integers(0, 12))
@example(("Pacific/Apia", utc(2011, 12, 30, 10)), 0)
@example(("Australia/Lord_Howe", utc(2026, 4, 4, 15)), 2)
def test_every_instant_near_a_transition_is_in_exactly_one_study_day(
    near: tuple[str, datetime], rollover: int
) -> None:
    zone, at = near
    here = days.of(at, zone, rollover)
    starts = [days.start(number, zone, rollover) for number in range(here - 3, here + 5)]
    assert starts == sorted(starts)
    holding = [number for number in range(7) if starts[number] <= at < starts[number + 1]]
    assert holding == [3]


@given(instants_near_transitions(), st.integers(0, 12))
def test_a_study_day_starts_when_the_wall_clock_first_shows_the_rollover_hour(
    near: tuple[str, datetime], rollover: int
) -> None:
    zone, at = near
    number = days.of(at, zone, rollover)
    start = days.start(number, zone, rollover)
    named = datetime.combine(date.fromordinal(number), time(rollover))
    assert wall(start - timedelta(seconds=1), zone) < named <= wall(start, zone)


@given(st.datetimes(datetime(1976, 1, 1), datetime(2076, 1, 1)))
def test_study_days_never_run_backwards(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    numbers = [days.of(at + timedelta(hours=h), "America/New_York", 2) for h in range(0, 72, 6)]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("zone", "rollover", "number", "start"),
    [
        ("UTC", 4, day(2026, 11, 23), utc(2026, 11, 23, 4)),
        ("Europe/Berlin", 4, day(2026, 3, 29), utc(2026, 3, 29, 2)),  # 23 hours after the last
        ("Europe/Berlin", 2, day(2026, 3, 29), utc(2026, 3, 29, 1)),  # 02:00 is left out
        ("Europe/Berlin", 3, day(2026, 3, 29), utc(2026, 3, 29, 1)),
        ("Europe/Berlin", 2, day(2026, 10, 25), utc(2026, 10, 25, 0)),  # 02:00 comes twice
        ("Europe/Berlin", 3, day(2026, 10, 25), utc(2026, 10, 25, 2)),
        ("Pacific/Apia", 4, day(2011, 12, 29), utc(2011, 12, 29, 14)),
        ("Pacific/Apia", 4, day(2011, 12, 30), utc(2011, 12, 30, 14)),  # no such day there
        ("Pacific/Apia", 4, day(2011, 12, 31), utc(2011, 12, 30, 14)),
        ("Australia/Lord_Howe", 2, day(2026, 4, 5), utc(2026, 4, 4, 15, 30)),  # back to 01:30
        ("Australia/Lord_Howe", 2, day(2026, 10, 4), utc(2026, 10, 3, 15, 30)),
    ],
)
def test_a_study_day_has_this_start(zone: str, rollover: int, number: int, start: datetime) -> None:
    assert days.start(number, zone, rollover) == start


def test_a_date_that_a_zone_left_out_holds_no_instant() -> None:
    start = utc(2011, 12, 30, 14)
    assert days.of(start - timedelta(microseconds=1), "Pacific/Apia", 4) == day(2011, 12, 29)
    assert days.of(start, "Pacific/Apia", 4) == day(2011, 12, 31)


def test_a_study_day_that_has_begun_goes_on_when_the_clock_goes_back_before_its_start() -> None:
    # St John's turned its clocks from 00:01 back to 23:01 the day before, at 02:31 UTC.
    assert days.of(utc(2010, 11, 7, 2, 30), "America/St_Johns", 0) == day(2010, 11, 7)
    assert days.of(utc(2010, 11, 7, 2, 35), "America/St_Johns", 0) == day(2010, 11, 7)


def test_an_evening_ends_at_the_rollover_hour() -> None:
    assert days.of(utc(2026, 11, 24, 3, 59), "UTC", 4) == day(2026, 11, 23)
    assert days.of(utc(2026, 11, 24, 4), "UTC", 4) == day(2026, 11, 24)


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../etc/passwd", "Europe", "UTC\0", "a" * 999]
)
def test_an_unknown_zone_is_named_in_the_error(name: str) -> None:
    with pytest.raises(ValueError, match="There is no time zone called"):
        days.zone(name)


def test_a_naive_time_has_no_study_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        days.of(datetime(2026, 11, 23, 9), "UTC", 4)
