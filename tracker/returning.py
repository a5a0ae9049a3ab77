"""After a break: when to offer a way back, and the way back with so many minutes a day."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select

from cards import budget, forecast, planning, plans, settings
from cards.models import Forecast, SchedulerSettings, StudyDay
from cards.planning import Recovery
from tracker import forecasts, paths
from tracker.db import db, writing
from tracker.models import User

SCOPE = "back"
DAYS = 2  # of work: a larger backlog brings the offer
FEWEST = 40  # reviews; fewer are no burden
LEAST = 10  # minutes a day that are assumed of somebody who studied less


@dataclass(frozen=True, slots=True)
class Offer:
    """So many reviews wait, about so many minutes; `usual` are the minutes of a usual day."""

    waiting: int
    minutes: int
    usual: int


def offer(who: SchedulerSettings, waiting: int, now: datetime) -> Offer | None:
    """What to say on Today when more than two days' work waits; one statement, often none.

    None as well where the minutes of a day are limited already.
    """
    if waiting < FEWEST or who.minutes_per_day is not None:
        return None
    today = settings.today(who, now)
    spent, days, reviews, new = db.session.execute(
        select(func.sum(StudyDay.milliseconds), func.count())
        .add_columns(func.sum(StudyDay.reviews), func.sum(StudyDay.new))
        .where(StudyDay.user_id == who.user_id, StudyDay.answers > 0)
        .where(StudyDay.day < today, StudyDay.day >= today - 3 * budget.RECENT)
    ).one()
    seconds = budget.pace(spent, (reviews or 0) + (new or 0))
    usual = max(LEAST, round(float(spent or 0) / 60_000 / days) if days else 0)
    minutes = math.ceil(waiting * seconds / 60)
    return Offer(waiting, minutes, usual) if minutes > DAYS * usual else None


def newest(user_id: int, today: int) -> Forecast | None:
    """The way back that was looked at last today."""
    return forecasts.newest(user_id, SCOPE, today)


def look(user: User, minutes: int, now: datetime) -> None:
    """Play out the way back and store what it brings; about a second before it begins to write."""
    who, today = user.settings, settings.today(user.settings, now)
    cards = forecast.load(user.id, paths.scope(user.id, "").decks)
    plan = forecasts.plan_of(who, forecasts.own(who), now)
    learner = forecasts.learner_of(who, today)
    found = planning.recovery(cards, plan, learner, today, minutes)
    row = Forecast(user_id=user.id, made_at=now, scope=SCOPE, day=today)
    row.options, row.result = {"minutes": minutes}, _kept(found)
    with writing():
        forecasts.replace(row)
        db.session.commit()


def use(who: SchedulerSettings, minutes: int) -> None:
    """Study at most so many minutes a day from now on; they are the only cap on reviews."""
    who.minutes_per_day, who.reviews_per_day = minutes, settings.MOST_REVIEWS
    plans.forget(who.user_id)


def _kept(found: Recovery) -> dict[str, object]:
    return {
        "sentence": found.sentence,
        "waiting": found.waiting,
        "recovered": asdict(found.recovered),
        "minutes": [day.rounded() for day in found.minutes],
        "recall": [round(share, 4) for share in found.recall],
        "enough": found.enough,
    }
