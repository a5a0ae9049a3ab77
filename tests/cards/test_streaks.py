"""A streak counts kept days: the planned work was done, or nothing was due."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import streaks
from cards.streaks import Held

FIRST = 100


def never(day):
    return False


def row(text):
    """A day a letter: k kept, . not kept; the last is today."""
    return np.array([letter == "k" for letter in text])


@pytest.mark.parametrize(
    ("days", "off", "length", "since", "today"),
    [
        ("k", "", 1, 100, True),
        (".", "", 0, None, False),
        ("kk.", "", 2, 100, False),  # today is still open
        ("kkk", "", 3, 100, True),
        ("k.kk", "", 2, 102, True),
        ("kk..", "", 0, None, False),
        ("kk.k", "2", 3, 100, True),  # a day off breaks nothing and adds nothing
        ("kk..", "23", 2, 100, False),
        ("kkkk", "12", 4, 100, True),  # who works on a day off has kept it
        ("k.k.k", "13", 3, 100, True),
        ("..k", "01", 1, 102, True),
    ],
)
def test_the_length_of_a_streak(days, off, length, since, today):
    found = streaks.streak(FIRST, row(days), {FIRST + int(day) for day in off}, never)
    assert (found.days, found.since, found.today) == (length, since, today)


def test_a_day_that_travel_left_out_breaks_nothing():
    found = streaks.streak(FIRST, row("kk.kk"), set(), lambda day: day == FIRST + 2)
    assert (found.days, found.since, found.kept, found.owed) == (4, 100, 4, 4)


def test_it_is_asked_once_whether_a_day_was_left_out():
    asked = []
    streaks.streak(FIRST, row("k.k...k.k"), set(), asked.append)
    assert asked == [FIRST + 7]


@pytest.mark.parametrize(
    ("days", "kept", "owed"),
    [("k." * 30, 15, 30), ("k" * 40, 30, 30), ("k." * 3 + ".", 3, 6), (".", 0, 0), ("k", 1, 1)],
)
def test_of_the_last_thirty_days_an_unfinished_today_is_none(days, kept, owed):
    found = streaks.streak(FIRST, row(days), set(), never)
    assert (found.kept, found.owed) == (kept, owed)


@pytest.mark.parametrize(
    ("due", "done", "held", "left"),
    [
        ([], [], [], [0, 0, 0, 0]),
        ([101], [], [], [0, 1, 1, 1]),
        ([101], [101], [], [0, 0, 0, 0]),
        ([101], [103], [], [0, 1, 1, 0]),
        ([101, 101, 102], [102], [], [0, 2, 2, 2]),
        ([101, 900], [101], [], [0, 0, 0, 0]),  # what is due after today is nobody's business
        ([101], [109], [], [0, 1, 1, 0]),  # the clock was set back: answered "later"
        ([101], [], [Held(101)], [0, 0, 0, 0]),
        ([101], [], [Held(102)], [0, 1, 0, 0]),
        ([101], [103], [Held(101, 102)], [0, 0, 0, 0]),
        ([101], [], [Held(50, 101)], [-1, 0, 1, 1]),
        ([101], [], [Held(200)], [0, 1, 1, 1]),
    ],
)
def test_what_was_left_at_the_end_of_each_day(due, done, held, left):
    found = streaks.left(FIRST, FIRST + 3, np.array(due, int), np.array(done, int), held)
    assert list(found) == left


@pytest.mark.parametrize(
    ("left", "reviews", "minutes", "time", "kept"),
    [
        (0, 0, 0.0, None, True),
        (1, 0, 0.0, None, False),
        (300, 199, 90.0, None, False),
        (300, 200, 90.0, None, True),
        (300, 60, 14.9, 20, False),
        (300, 60, 15.0, 20, True),
        (0, 0, 0.0, 20, True),
    ],
)
def test_a_day_is_kept_when_nothing_is_left_or_a_limit_is_reached(
    left, reviews, minutes, time, kept
):
    found = streaks.kept(np.array([left]), np.array([reviews]), np.array([minutes]), 200, time)
    assert list(found) == [kept]


@given(st.lists(st.booleans(), min_size=1, max_size=80), st.sets(st.integers(0, 80)))
def test_days_off_never_shorten_a_streak(days, off):
    kept = np.array(days)
    with_off = streaks.streak(FIRST, kept, {FIRST + day for day in off}, never)
    assert streaks.streak(FIRST, kept, set(), never).days <= with_off.days <= sum(days)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=60), st.integers(0, 60))
def test_left_over_equals_counting_card_by_card(reviews, length):
    """Each card is due on a day and answered `late` days after it, or still open."""
    due = np.array([day for day, _ in reviews], int)
    done = np.array([day + late for day, late in reviews if day + late <= length], int)
    found = streaks.left(0, length, due, done)
    for today in range(length + 1):
        said = sum(day <= today < day + late for day, late in reviews)
        assert found[today] == said
