"""Habits: what a learner did day by day, how much of it was recalled, what comes, and the streak.

Read only, in a handful of statements whatever the size of the log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, String, and_, case, cast, func, not_, or_, select

from cards import days, days_off, settings, streaks
from cards.days_off import DaysOff
from cards.models import Card, Mark, Memory, Review, SchedulerSettings, StudyDay
from cards.scheduler import State
from cards.streaks import Held, Streak
from cards.vectors import Bools, Ints
from tracker.db import db

MATURE = 21  # days of interval, as in Anki
AHEAD = 30
# Milliseconds. Where clocks are turned, a day can look two hours shorter than it was.
HOUR, DAY = 3_600_000, 24 * 3_600_000
WHOLE = 21 * HOUR


class Marked(NamedTuple):
    """A card that was set aside by hand, and the day on which it is due."""

    suspended_at: datetime | None
    buried_day: int | None
    due_day: int


class Done(NamedTuple):
    """What a learner did on one study day."""

    day: int
    answers: int = 0
    reviews: int = 0
    passed: int = 0
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """What was done in some days."""

    name: str
    days: int
    answers: int
    minutes: float
    recall: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """Reviews, and how many of them were recalled."""

    passed: int
    count: int

    @property
    def rate(self) -> float | None:
        """The share recalled, none without reviews."""
        return self.passed / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class Retention:
    """True retention in some days: of cards with an interval below 21 days, from it on, of all."""

    name: str
    young: Share
    mature: Share

    @property
    def all(self) -> Share:
        """Young and mature together."""
        return Share(self.young.passed + self.mature.passed, self.young.count + self.mature.count)


@dataclass(frozen=True, slots=True)
class Habits:
    """The figures of the page; days are study days, `answers` is keyed by them.

    `load` are the reviews due on each of the next 30 days, today's without the `backlog`, which
    was due before.
    """

    today: int
    answers: dict[int, int]
    spans: tuple[Span, ...]
    retention: tuple[Retention, ...]
    load: tuple[int, ...]
    backlog: int
    streak: Streak
    off: DaysOff

    @property
    def years(self) -> list[int]:
        """The years with answers, the newest first."""
        return sorted({date.fromordinal(day).year for day in self.answers}, reverse=True)


@dataclass(frozen=True, slots=True)
class Log:
    """The answers that count: study day, whether recalled, what was answered, what it led to.

    `before` is the interval of the review that was answered and `after` that of the one that was
    planned, in days; 0 is a new card or one in learning steps.
    """

    day: Ints
    passed: Bools
    before: Ints
    after: Ints


def read(who: SchedulerSettings, decks: Sequence[int], now: datetime) -> Habits:
    """The habits of a learner who studies these decks."""
    today = settings.today(who, now)
    done, log, off = _days(who.user_id), _log(who.user_id), days_off.of(who)
    # Nobody owes what is retired or belongs to what is not studied now.
    elsewhere = or_(Card.retired_at.is_not(None), Card.deck_id.not_in(decks))
    aside = _due(who.user_id, Memory.card_id.in_(select(Card.id).where(elsewhere)))
    marked = _marked(who.user_id, not_(elsewhere))
    suspended = Counter(due for at, _, due in marked if at is not None)
    planned = _due(who.user_id) - aside - suspended
    held = [Held(day, None, count) for day, count in aside.items()] + list(_held(who, marked))
    return Habits(
        today=today,
        answers={row.day: row.answers for row in done if row.answers},
        spans=_spans(done, today),
        retention=_retention(log, today),
        load=tuple(planned[today + ahead] for ahead in range(AHEAD)),
        backlog=sum(count for day, count in planned.items() if day < today),
        streak=_streak(who, done, log, held, off, today),
        off=off,
    )


def _days(user_id: int) -> list[Done]:
    columns = [getattr(StudyDay, name) for name in Done._fields]
    rows = db.session.execute(select(*columns).where(StudyDay.user_id == user_id))
    return sorted(Done(*row) for row in rows)


def _log(user_id: int) -> Log:
    # One text of numbers is read ten times as fast as as many rows.
    before, after = (
        func.coalesce(part[5].as_integer(), 0) for part in (Review.before, Review.after)
    )
    passed = case((Review.rating > 1, 1), else_=0)
    packed = ((Review.day * 2 + passed) * 2**17 + before) * 2**17 + after
    text = db.session.scalar(
        select(func.aggregate_strings(cast(packed, String), ",")).where(
            Review.user_id == user_id, Review.undone_at.is_(None)
        )
    )
    numbers = np.fromstring(text or "", np.int64, sep=",")
    return Log(numbers >> 35, (numbers >> 34) % 2 == 1, (numbers >> 17) % 2**17, numbers % 2**17)


def _due(user_id: int, *chosen: ColumnElement[bool]) -> Counter[int]:
    """How many reviews are due on each day, of the chosen cards."""
    rows = db.session.execute(
        select(Memory.due_day, func.count())
        .where(Memory.user_id == user_id, Memory.state == State.Review, *chosen)
        .group_by(Memory.due_day)
    )
    return Counter({row[0]: row[1] for row in rows})


def _marked(user_id: int, chosen: ColumnElement[bool]) -> list[Marked]:
    """The chosen cards that were suspended or buried by hand."""
    rows = db.session.execute(
        select(Mark.suspended_at, Mark.buried_day, Memory.due_day)
        .join(Memory, and_(Memory.user_id == Mark.user_id, Memory.card_id == Mark.card_id))
        .join(Card, Card.id == Mark.card_id)
        .where(Mark.user_id == user_id, Memory.state == State.Review, chosen)
        .where(or_(Mark.suspended_at.is_not(None), Mark.buried_day.is_not(None)))
    )
    return [Marked(*row) for row in rows]


def _held(who: SchedulerSettings, marked: Sequence[Marked]) -> Iterator[Held]:
    for suspended, buried, due in marked:
        if suspended is not None:
            yield Held(max(due, settings.today(who, suspended)))
        elif buried is not None and due <= buried:
            yield Held(buried, buried)


def _streak(
    who: SchedulerSettings,
    done: Sequence[Done],
    log: Log,
    held: Sequence[Held],
    off: DaysOff,
    today: int,
) -> Streak:
    first = min((row.day for row in done if row.answers), default=today + 1)
    if first > today:
        return Streak()
    answers, reviews, spent = np.zeros((3, today - first + 1), np.int64)
    for row in done:
        if first <= row.day <= today:
            at = row.day - first
            answers[at], reviews[at], spent[at] = row.answers, row.reviews, row.milliseconds
    due = log.day[log.after > 0] + log.after[log.after > 0]
    left = streaks.left(first, today, due, log.day[log.before > 0], held)
    kept = streaks.kept(left, reviews, spent / 60_000, who.reviews_per_day, who.minutes_per_day)
    kept &= (answers > 0) | [day not in off for day in range(first, today + 1)]
    return streaks.streak(first, kept, off, lambda day: _left_out(who, day))


def _left_out(who: SchedulerSettings, day: int) -> bool:
    """Whether the day had no hours in the learner's zone, or travel eastwards took some of them.

    The log holds no zones, but when a review is due tells when the study day began where it was
    planned: so the days before and after show how long this one was.
    """
    if days.start(day, who.zone, who.rollover) == days.start(day + 1, who.zone, who.rollover):
        return True
    rows = db.session.execute(
        select(Review.day, Review.after)
        .where(Review.user_id == who.user_id, Review.undone_at.is_(None))
        .where(Review.day.in_((day - 1, day + 1)))
        .order_by(Review.reviewed_at)
    ).all()
    began = [(at, due - interval * DAY) for at, (*_, due, interval) in rows if interval]
    before, after = ([start for at, start in began if at == near] for near in (day - 1, day + 1))
    return bool(before and after) and after[0] - before[-1] - DAY < WHOLE


def _spans(done: Sequence[Done], today: int) -> tuple[Span, ...]:
    month = date.fromordinal(today).replace(day=1).toordinal()
    monday = today - days_off.weekday(today)
    names = ("Today", today), ("This week", monday), ("This month", month)
    return tuple(
        _span(name, [row for row in done if first <= row.day <= today]) for name, first in names
    )


def _span(name: str, done: Sequence[Done]) -> Span:
    reviews = sum(row.reviews for row in done)
    return Span(
        name=name,
        days=sum(row.answers > 0 for row in done),
        answers=sum(row.answers for row in done),
        minutes=sum(row.milliseconds for row in done) / 60_000,
        recall=sum(row.passed for row in done) / reviews if reviews else None,
    )


def _retention(log: Log, today: int) -> tuple[Retention, ...]:
    spans = {
        "Today": (today, today),
        "Yesterday": (today - 1, today - 1),
        "Last 7 days": (today - 6, today),
        "Last 30 days": (today - 29, today),
        "Last 365 days": (today - 364, today),
        "All time": (0, today),
    }
    young, mature = (log.before > 0) & (log.before < MATURE), log.before >= MATURE
    found = []
    for name, (first, last) in spans.items():
        inside = (first <= log.day) & (log.day <= last)
        found.append(Retention(name, _share(log, inside & young), _share(log, inside & mature)))
    return tuple(found)


def _share(log: Log, chosen: Bools) -> Share:
    return Share(int(np.sum(log.passed & chosen)), int(np.sum(chosen)))
