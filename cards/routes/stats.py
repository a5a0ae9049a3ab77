"""Habits: the calendar of what was done, the streak, true retention, what comes; days off."""

from __future__ import annotations

import calendar
from datetime import date
from typing import cast

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cards import days_off, settings, stats
from cards.models import SchedulerSettings
from cards.stats import Habits
from cards.study import Scope
from tracker import charts, heatmap, web
from tracker.axes import number, percent
from tracker.charts import Chart
from tracker.db import db
from tracker.errors import Refused

bp = Blueprint("stats", __name__, url_prefix="/stats")


@bp.get("/")
@web.access("learner")
def index() -> ResponseReturnValue:
    """The page, with the calendar of the last twelve months or of one year."""
    return _page()


@bp.post("/days-off")
@web.access("learner")
def add() -> ResponseReturnValue:
    """Declare days off."""
    first = _day("first")
    last = _day("last") if request.form.get("last") else first
    try:
        days_off.add(_who(), first, last, _today())
    except Refused as refused:
        return _page(422, refused)
    return _saved("Your days off are noted: they will not break your streak.")


@bp.post("/days-off/remove")
@web.access("learner")
def remove() -> ResponseReturnValue:
    """Take days off back."""
    days_off.remove(_who(), _day("first"), _day("last"), _today())
    return _saved("Those days are ordinary days again.")


@bp.post("/weekdays-off")
@web.access("learner")
def weekdays() -> ResponseReturnValue:
    """Choose the weekdays off."""
    chosen = {
        name for name in request.form.getlist("weekday") if name in "0123456" and len(name) == 1
    }
    try:
        days_off.set_weekdays(_who(), {int(name) for name in chosen}, _today())
    except Refused as refused:
        return _page(422, refused)
    return _saved("Saved.")


def _who() -> SchedulerSettings:
    return cast(SchedulerSettings, current_user.settings)


def _today() -> int:
    return settings.today(_who(), web.now())


def _day(name: str) -> int:
    try:
        return date.fromisoformat(request.form.get(name, "")).toordinal()
    except ValueError:
        abort(422, "Choose a day, as year, month and day: 2026-12-24.")


def _saved(text: str) -> ResponseReturnValue:
    db.session.commit()
    web.say(text)
    return web.see_other("stats.index", _anchor="days-off")


def _page(status: int = 200, refused: Refused | None = None) -> ResponseReturnValue:
    scope = cast(Scope, current_app.extensions["study_scope"](web.user_id(), ""))
    habits = stats.read(_who(), scope.decks, web.now())
    year = request.args.get("year", type=int)
    shown = year if year in habits.years else None
    answer = render_template(
        "stats/index.html",
        habits=habits,
        year=shown,
        refused=refused,
        heat=_calendar(habits, shown),
        load=_load(habits),
        retention=_retention(habits),
        day=date.fromordinal,
        words=heatmap.words,
        weekdays=list(enumerate(calendar.day_name)),
    )
    return answer, status


def _calendar(habits: Habits, year: int | None) -> Chart:
    today = habits.today
    first = date(year, 1, 1).toordinal() if year else today - 364
    last = min(today, date(year, 12, 31).toordinal()) if year else today
    off = [day for day in range(first, last + 1) if day in habits.off]
    return heatmap.calendar("Answers", habits.answers, first, last, off=off, today=today)


def _load(habits: Habits) -> Chart:
    values = [habits.load[0] + habits.backlog, *habits.load[1:]]
    labels = [_short(habits.today + ahead) for ahead in range(len(values))]
    part = [habits.backlog, *[0] * (len(values) - 1)] if habits.backlog else None
    return charts.bars(
        "Reviews due", values, labels, part=part, columns=("Day", "Due", "Of them due before")
    )


def _short(day: int) -> str:
    at = date.fromordinal(day)
    return f"{at.day} {at:%b}"


def _retention(habits: Habits) -> list[tuple[str, ...]]:
    return [
        (
            row.name,
            *(_rate(share) for share in (row.young, row.mature, row.all)),
            number(row.all.count),
        )
        for row in habits.retention
    ]


def _rate(share: stats.Share) -> str:
    return "–" if share.rate is None else percent(share.rate)
