"""Ready by a date: the goal on an enrolment, and the plan that was found for it.

Finding a plan plays many futures and takes seconds, so it is a job; what it found is stored as a
forecast of its own scope and is not scored.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from cards import forecast, notes, planning, settings
from cards.models import Forecast, SchedulerSettings
from cards.planning import Ready
from tracker import forecasts, jobs, paths
from tracker.db import db
from tracker.errors import NotFound, Refused
from tracker.forecasts import Options
from tracker.models import Enrolment, Path, User

KIND = "ready"
AHEAD, MOST_MINUTES = 365, 600
# About how long finding a plan takes: seconds for a card and day ahead, on a small machine.
PACE = 0.00008


@dataclass(frozen=True, slots=True)
class Goal:
    """A study day to be ready by, and the most minutes a day."""

    day: int
    minutes: int


def scope(path_id: int) -> str:
    """What the plans for a path are stored under."""
    return f"ready-{path_id}"


def of(user_id: int, path: Path) -> Goal | None:
    """The learner's goal for a path."""
    enrolment = db.session.get(Enrolment, (user_id, path.id))
    if enrolment is None or enrolment.goal_day is None:
        return None
    return Goal(enrolment.goal_day, enrolment.goal_minutes or 0)


def set_goal(user: User, path: Path, goal: Goal, now: datetime) -> None:
    """Keep the goal; Refused where the date or the minutes do not fit."""
    today = settings.today(user.settings, now)
    if not paths.is_enrolled(user.id, path.id):
        raise NotFound("Enrol in the path first: then you can plan for it.")
    if not today < goal.day <= today + AHEAD:
        raise Refused("Choose a day from tomorrow on, within a year.", "day")
    if not 1 <= goal.minutes <= MOST_MINUTES:
        raise Refused(f"Between 1 and {MOST_MINUTES} minutes a day.", "minutes")
    enrolment = db.session.get_one(Enrolment, (user.id, path.id))
    enrolment.goal_day, enrolment.goal_minutes = goal.day, goal.minutes


def task(user: User, path: Path, goal: Goal, now: datetime) -> jobs.Task[Ready]:
    """The search for a plan, to be started as a job."""
    # Numbers, not rows: the thread has a session of its own.
    user_id, path_id = user.id, path.id
    cards = sum(notes.count(forecasts.subject(user_id, path).decks).values())
    ahead = goal.day - settings.today(user.settings, now)
    return jobs.Task(
        compute=lambda: _find(user_id, path_id, goal, now),
        keep=lambda ready, at: _keep(user_id, path_id, ready, goal, at),
        seconds=1 + PACE * cards * ahead,
    )


def newest(user_id: int, path: Path) -> Forecast | None:
    """The plan found last for a path."""
    return forecasts.newest(user_id, scope(path.id))


def _find(user_id: int, path_id: int, goal: Goal, now: datetime) -> Ready:
    who = db.session.get_one(SchedulerSettings, user_id)
    today = settings.today(who, now)
    about = forecasts.subject(user_id, db.session.get_one(Path, path_id))
    cards = forecast.load(user_id, about.decks)
    plan = forecasts.plan_of(who, forecasts.own(who), now)
    learner = forecasts.learner_of(who, today)
    return planning.ready_by(cards, plan, learner, today, goal.day, goal.minutes)


def _keep(user_id: int, path_id: int, ready: Ready, goal: Goal, now: datetime) -> str:
    who = db.session.get_one(SchedulerSettings, user_id)
    best = Options(
        ready.plan.new_per_day,
        goal.minutes,
        ready.plan.retention,
        tuple(sorted(ready.plan.weekdays_off)),
    )
    row = Forecast(user_id=user_id, made_at=now, scope=scope(path_id))
    row.day, row.options = settings.today(who, now), asdict(goal)
    row.result = {
        "sentence": ready.sentence,
        "possible": ready.possible,
        "recall": ready.recall.rounded(),
        "usual": ready.usual,
        "plan": asdict(best),
    }
    forecasts.replace(row)
    return ready.sentence
