"""A streak of kept days: the planned work was done, or nothing was due.

Everything is counted in study days as they stand in the log, so neither a move to another zone,
nor another roll-over hour, nor daylight saving changes what was kept. New cards are a gift, not a
debt: they break nothing. Pure arithmetic, without a database.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

import numpy as np

from cards.vectors import Bools, Floats, Ints

RECENT = 30
# How long a plan takes is an estimate: so much of the day's minutes is the whole of it.
ENOUGH_TIME = 0.75


@dataclass(frozen=True, slots=True)
class Held:
    """Reviews that the plan left out, so nobody owed them: from `first` to `last` (or for good)."""

    first: int
    last: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Streak:
    """Kept days in a row, which days off neither break nor lengthen.

    `today` says whether today counts already; while it does not, nothing is broken. `kept` of
    the last `RECENT` days, `owed` of which were no days off; both without an unfinished today.
    """

    days: int = 0
    since: int | None = None
    today: bool = False
    kept: int = 0
    owed: int = 0


def left(first: int, today: int, due: Ints, done: Ints, held: Sequence[Held] = ()) -> Ints:
    """For each day from `first` to `today`: the reviews due by then and not done at its end.

    `due` has the day of every review that was ever planned, `done` the day of every one that was
    answered. Answers from after today, before a clock was set back, count as done today.
    """
    length = today - first + 1
    planned = np.bincount(np.maximum(due[due <= today] - first, 0), minlength=length)
    answered = np.bincount(np.clip(done - first, 0, length - 1), minlength=length)
    change = planned - answered
    for one in held:
        if one.first <= today:
            change[max(one.first - first, 0)] -= one.count
            if one.last is not None and one.last < today:
                change[max(one.last + 1 - first, 0)] += one.count
    return np.cumsum(change)


def kept(left: Ints, reviews: Ints, minutes: Floats, most: int, time: int | None) -> Bools:
    """The days on which nothing was left, or the limit of reviews or of minutes was reached.

    The limits are today's: the log does not hold earlier ones.
    """
    enough: Bools = (left <= 0) | (reviews >= most)
    return enough if time is None else enough | (minutes >= ENOUGH_TIME * time)


def streak(first: int, kept: Bools, off: Container[int], left_out: Callable[[int], bool]) -> Streak:
    """The streak at the last of the days `kept`, which is today; `first` is the first of them.

    `left_out` says whether a day that was not kept had no hours for the learner; it is asked
    once a day, and not again after it has said no.
    """
    done = {first + int(place) for place in np.flatnonzero(kept)}
    today = first + len(kept) - 1
    bridged: set[int] = set()
    begin = today
    while begin > first and (
        begin - 1 in done or begin - 1 in off or _noted(begin - 1, left_out, bridged)
    ):
        begin -= 1
    row = [day for day in range(begin, today + 1) if day in done]
    end = today + (today in done)
    recent = range(max(first, end - RECENT), end)
    held = sum(day in done for day in recent)
    missed = sum(day not in done and day not in off and day not in bridged for day in recent)
    return Streak(len(row), row[0] if row else None, today in done, held, held + missed)


def _noted(day: int, left_out: Callable[[int], bool], bridged: set[int]) -> bool:
    if not left_out(day):
        return False
    bridged.add(day)
    return True
