"""How a learner answers: how often each rating, how long it takes, on which days.

Measured on the log and mixed with what Anki's learners do on average (the configuration of
fsrs-rs' simulator), which is worth a few dozen answers; so a new learner has a pace as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from cards.history import History
from cards.scheduler import State
from cards.vectors import Bools, Floats, Ints

LEARNING, REVIEW, RELEARNING = 0, 1, 2  # rows of `seconds`
RECENT = 90  # days that attendance is measured over
WORTH_RATINGS, WORTH_SECONDS, WORTH_DAYS, WORTH_WEEKS = 50, 20, 7, 2
Table = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """Shares of ratings, seconds an answer takes, and the probability of studying on a day.

    `first` are the shares of Again to Easy at the first answer, `passed` those of Hard to Easy
    when recalled. `learning` and `relearning` give the shares of the next rating on the same day,
    by the last one (rows Again, Hard, Good). `seconds` has a row for learning, review and
    relearning and a column for each rating. `attendance` begins with Monday.
    """

    first: tuple[float, ...] = (0.24, 0.094, 0.495, 0.171)
    passed: tuple[float, ...] = (0.224, 0.631, 0.145)
    learning: Table = (
        (0.3686, 0.0628, 0.5108, 0.0578),
        (0.0442, 0.4553, 0.4456, 0.0549),
        (0.0519, 0.0470, 0.8461, 0.0550),
    )
    relearning: Table = (
        (0.2157, 0.0643, 0.6596, 0.0604),
        (0.0500, 0.4638, 0.4475, 0.0387),
        (0.1057, 0.1434, 0.7265, 0.0244),
    )
    seconds: Table = (
        (19.58, 18.79, 13.78, 10.71),
        (19.38, 17.59, 12.38, 8.94),
        (16.44, 15.25, 12.32, 8.03),
    )
    attendance: tuple[float, ...] = (1.0,) * 7


DEFAULT = Pace()


def of(log: History, today: int) -> Pace:
    """The pace of a learner up to a study day, which itself is not yet over."""
    begins, same_day = log.gap < 0, log.gap == 0
    kind = np.select([log.state == State.Review, log.state == State.Relearning], [1, 2], 0)
    last = np.concatenate([[0], log.rating[:-1]]) if len(log) else log.rating
    passed = log.scored & log.recalled
    return Pace(
        first=_shares(log.rating[begins], DEFAULT.first, 1),
        passed=_shares(log.rating[passed], DEFAULT.passed, 2),
        learning=_steps(log, last, same_day & (kind == LEARNING), DEFAULT.learning),
        relearning=_steps(log, last, same_day & (kind == RELEARNING), DEFAULT.relearning),
        seconds=_seconds(log, kind),
        attendance=_attendance(log, today),
    )


def weekday(day: int) -> int:
    """The day of the week of a study day; Monday is 0."""
    return date.fromordinal(day).weekday()


def _shares(ratings: Ints, default: tuple[float, ...], lowest: int) -> tuple[float, ...]:
    counts = np.bincount(ratings - lowest, minlength=len(default))[: len(default)]
    shares = (counts + WORTH_RATINGS * np.asarray(default)) / (counts.sum() + WORTH_RATINGS)
    return tuple((shares / shares.sum()).tolist())


def _steps(log: History, last: Ints, chosen: Bools, default: Table) -> Table:
    return tuple(
        _shares(log.rating[chosen & (last == rating)], row, 1)
        for rating, row in enumerate(default, start=1)
    )


def _seconds(log: History, kind: Ints) -> Table:
    cell = kind * 4 + log.rating - 1
    counts = np.bincount(cell, minlength=12)
    spent = np.bincount(cell, log.duration, minlength=12)
    default = np.asarray(DEFAULT.seconds).ravel()
    # A learner who is quick at one kind of answer is quick at the others.
    tempo = (spent.sum() + 300) / ((counts * default).sum() + 300)
    means = (spent + WORTH_SECONDS * tempo * default) / (counts + WORTH_SECONDS)
    return tuple(tuple(row) for row in means.reshape(3, 4).tolist())


def _attendance(log: History, today: int) -> tuple[float, ...]:
    if not len(log) or log.day.min() >= today:
        return DEFAULT.attendance
    days = np.arange(max(int(log.day.min()), today - RECENT), today)
    came: Floats = np.isin(days, log.day).astype(float)
    week = (days - 1) % 7
    share = (came.sum() + WORTH_DAYS) / (len(days) + WORTH_DAYS)
    counts, sums = np.bincount(week, minlength=7), np.bincount(week, came, minlength=7)
    return tuple(((sums + WORTH_WEEKS * share) / (counts + WORTH_WEEKS)).tolist())
