"""Days off: weekdays and single days on which a learner does not mean to study.

They are declared beforehand and stay once they have passed, so that no change of mind takes away
or gives a streak.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import delete, func, select

from cards.models import DayOff, SchedulerSettings, StudyDay
from tracker.db import db
from tracker.errors import Refused

LONGEST, AHEAD = 92, 400  # days: of one holiday, and how early it may be declared


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The days off of one learner: `day in off`. Bit 0 of `weekdays` is Monday."""

    weekdays: int = 0
    days: frozenset[int] = frozenset()

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, int):
            return False
        return day in self.days or bool(self.weekdays >> weekday(day) & 1)

    def holidays(self, today: int) -> list[tuple[int, int]]:
        """The first and last days of what was declared and is not over."""
        coming = sorted(day for day in self.days if day >= today)
        runs = groupby(enumerate(coming), key=lambda pair: pair[1] - pair[0])
        found = [[day for _, day in run] for _, run in runs]
        return [(run[0], run[-1]) for run in found]


def weekday(day: int) -> int:
    """0 for Monday."""
    return (day + 6) % 7


def of(who: SchedulerSettings) -> DaysOff:
    """A learner's days off, in one statement."""
    found = db.session.scalars(select(DayOff.day).where(DayOff.user_id == who.user_id))
    return DaysOff(who.weekdays_off, frozenset(found))


def add(who: SchedulerSettings, first: int, last: int, today: int) -> None:
    """Declare the days `first` to `last`; Refused for days that are over. Twice is as once."""
    if first < today:
        raise Refused("A day off is declared before it is over: begin today or later.", "first")
    if last < first:
        raise Refused("The last day comes before the first.", "last")
    if last - first >= LONGEST:
        raise Refused(f"At most {LONGEST} days at once.", "last")
    if last - today > AHEAD:
        raise Refused("That is more than a year ahead.", "last")
    _store(who, range(first, last + 1))


def remove(who: SchedulerSettings, first: int, last: int, today: int) -> None:
    """Take back the days `first` to `last`, as far as they are not over."""
    db.session.execute(
        delete(DayOff).where(
            DayOff.user_id == who.user_id, DayOff.day.between(max(first, today), last)
        )
    )


def set_weekdays(who: SchedulerSettings, weekdays: Collection[int], today: int) -> None:
    """Choose the weekdays off, 0 for Monday; Refused for all seven.

    A weekday that is off no longer stays off in the past.
    """
    chosen = sum(1 << day for day in set(weekdays))
    if not 0 <= chosen < 127:
        raise Refused("Keep at least one day for your reviews.", "weekdays")
    ended = DaysOff(who.weekdays_off & ~chosen)
    began = db.session.scalar(select(func.min(StudyDay.day)).where(StudyDay.user_id == who.user_id))
    _store(who, (day for day in range(began or today, today) if day in ended))
    who.weekdays_off = chosen


def _store(who: SchedulerSettings, days: Iterable[int]) -> None:
    # Two tabs at once: the second waits here, and finds the days of the first.
    db.session.refresh(who, with_for_update=True)
    known = of(who).days
    db.session.add_all(_rows(who.user_id, (day for day in days if day not in known)))


def _rows(user_id: int, days: Iterable[int]) -> Iterator[DayOff]:
    return (DayOff(user_id=user_id, day=day) for day in days)
