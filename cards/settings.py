"""How one learner studies: from the stored row to the scheduler's settings, and changing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from cards import days, scheduler
from cards.models import ParameterSet, Review, SchedulerSettings
from tracker.db import db
from tracker.errors import Refused

MOST_NEW, MOST_REVIEWS, MOST_MINUTES = 999, 9999, 600
# Cards already due keep their day: a changed retention holds from each card's next answer on.
MODEL = "fsrs-6"


def parameters_of(row: SchedulerSettings) -> Sequence[float]:
    """The learner's own 21 numbers, or the defaults."""
    return row.parameters or scheduler.DEFAULT_PARAMETERS


def scheduling(
    row: SchedulerSettings,
    retention: float | None = None,
    parameters: Sequence[float] | None = None,
) -> scheduler.Settings:
    """The scheduler's settings of a learner, with another retention or parameters where given."""
    chosen = tuple(parameters or parameters_of(row))
    wanted = row.retention if retention is None else retention
    return _scheduling(chosen, wanted, row.zone, row.rollover)


@lru_cache(maxsize=1024)
def _scheduling(
    parameters: tuple[float, ...], retention: float, zone: str, rollover: int
) -> scheduler.Settings:
    return scheduler.Settings(parameters, retention, zone, rollover)


def model(row: SchedulerSettings) -> str:
    """The name of the memory model an answer is computed by, kept with it in the log."""
    return MODEL if row.parameters is None else f"{MODEL}-fitted"


def parameters_then(row: SchedulerSettings, log: Iterable[Review]) -> dict[Review, Sequence[float]]:
    """The parameters each answer of a log was computed by; one statement if any was fitted."""
    fitted = {review: review.model.endswith("fitted") for review in log}
    sets = _sets(row.user_id) if any(fitted.values()) else []
    return {
        review: _in_force(sets, review.stored_at) if own else scheduler.DEFAULT_PARAMETERS
        for review, own in fitted.items()
    }


def _sets(user_id: int) -> Sequence[ParameterSet]:
    mine = select(ParameterSet).where(ParameterSet.user_id == user_id, ParameterSet.accepted)
    return db.session.scalars(mine.order_by(ParameterSet.made_at.desc())).all()


def _in_force(sets: Sequence[ParameterSet], at: datetime) -> Sequence[float]:
    for one in sets:
        if one.made_at <= at and (one.undone_at is None or one.undone_at > at):
            return one.parameters
    return scheduler.DEFAULT_PARAMETERS


def today(row: SchedulerSettings, now: datetime) -> int:
    """The learner's study day."""
    return days.of(now, row.zone, row.rollover)


def change(
    row: SchedulerSettings,
    *,
    zone: str,
    rollover: int,
    retention: float,
    new_per_day: int,
    reviews_per_day: int,
    minutes_per_day: int | None = None,
) -> None:
    """Set how the learner studies; Refused names the field that does not fit.

    Nothing is rescheduled: what is planned for a day stays on it.
    """
    try:
        days.zone(zone)
    except ValueError:
        raise Refused("There is no such time zone: choose one of the list.", "zone") from None
    if not 0 <= rollover <= 12:
        raise Refused("The day can begin between 0:00 and 12:00.", "rollover")
    if not 0.70 <= retention <= 0.99:
        raise Refused("Between 70 and 99 percent.", "retention")
    if not 0 <= new_per_day <= MOST_NEW:
        raise Refused(f"Between 0 and {MOST_NEW} new cards.", "new_per_day")
    if not 0 <= reviews_per_day <= MOST_REVIEWS:
        raise Refused(f"Between 0 and {MOST_REVIEWS} reviews.", "reviews_per_day")
    if minutes_per_day is not None and not 1 <= minutes_per_day <= MOST_MINUTES:
        raise Refused(f"Between 1 and {MOST_MINUTES} minutes, or nothing.", "minutes_per_day")
    row.zone, row.rollover, row.retention = zone, rollover, retention
    row.new_per_day, row.reviews_per_day = new_per_day, reviews_per_day
    row.minutes_per_day = minutes_per_day
