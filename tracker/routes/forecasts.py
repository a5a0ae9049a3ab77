"""The forecast of a path, what can be tried out on it, and the plan to be ready by a date."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cards import forecast, settings
from cards.models import Forecast
from tracker import charts, forecasts, goals, jobs, paths, web
from tracker.db import db
from tracker.errors import Refused
from tracker.forecasts import Options, Subject
from tracker.goals import Goal
from tracker.models import User
from tracker.routes import dates

bp = Blueprint("forecasts", __name__, url_prefix="/paths")


@bp.get("/<slug>/forecast")
@web.access("learner")
def show(slug: str) -> ResponseReturnValue:
    """The newest forecast of today, the sliders, and the goal."""
    about = forecasts.subject(web.user_id(), paths.get(slug))
    values = _forecast(about) | _goal(about) | {"minutes_most": goals.MOST_MINUTES}
    return render_template("forecasts/show.html", path=about.path, **values)


@bp.post("/<slug>/forecast")
@web.access("learner", writes=False)
def make(slug: str) -> ResponseReturnValue:
    """Another forecast, with what was chosen."""
    about = forecasts.subject(web.user_id(), paths.get(slug))
    forecasts.make(_user(), about, _options(), web.now())
    if web.is_htmx():
        return render_template("forecasts/_result.html", path=about.path, **_forecast(about))
    return web.see_other("forecasts.show", slug=slug)


@bp.post("/<slug>/use")
@web.access("learner")
def use(slug: str) -> ResponseReturnValue:
    """Study with what was chosen from now on."""
    path, user = paths.get(slug), _user()
    forecasts.use(user.settings, _options(), settings.today(user.settings, web.now()))
    db.session.commit()
    web.say("Saved: you study like this from now on. Scheduled cards keep their day.")
    return web.see_other("forecasts.show", slug=path.slug)


@bp.post("/<slug>/ready")
@web.access("learner")
def ready(slug: str) -> ResponseReturnValue:
    """Keep a goal and look for the best plan for it, in the background."""
    user, path, goal = _user(), paths.get(slug), _asked()
    goals.set_goal(user, path, goal, web.now())
    job = jobs.start(user.id, goals.KIND, web.now())
    task = goals.task(user, path, goal, web.now())
    db.session.commit()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    jobs.run(job, task, jobs.Place(app.app_context, app.config["CLOCK"]))
    return plan(slug)


@bp.get("/<slug>/ready")
@web.access("learner")
def plan(slug: str) -> ResponseReturnValue:
    """How far the search is, or the plan."""
    if not web.is_htmx():
        return web.see_other("forecasts.show", slug=slug, _anchor="ready")
    about = forecasts.subject(web.user_id(), paths.get(slug))
    return render_template("forecasts/_ready.html", path=about.path, **_goal(about))


def _user() -> User:
    user: User = current_user._get_current_object()
    return user


def _forecast(about: Subject) -> dict[str, Any]:
    who = _user().settings
    today = settings.today(who, web.now())
    row = forecasts.newest(who.user_id, about.scope, today)
    own = forecasts.own(who)
    scores = forecasts.scores(who.user_id, about, today)
    return {
        "options": forecasts.read(row) if row else own,
        "own": own,
        "shown": _shown(row, today) if row else None,
        "scores": forecast.sentence(scores),
        "weekdays": dates.WEEKDAYS,
    }


def _shown(row: Forecast, today: int) -> dict[str, Any]:
    result = row.result
    reviews, minutes = result["reviews"], result["minutes"]
    return {
        "reviews": _chart("Reviews a day", reviews, row.day, "Reviews"),
        "minutes": _chart("Minutes a day", minutes, row.day, "Minutes"),
        "total": round(sum(middle for _, middle, _ in reviews)),
        "mean": sum(middle for _, middle, _ in minutes) / len(minutes),
        "most": max(high for _, _, high in minutes),
        "known": [dates.known(one, today) for one in result["known"]],
    }


def _chart(name: str, ranges: list[list[float]], day: int, what: str) -> charts.Chart:
    labels = [dates.short(day + number) for number in range(len(ranges))]
    values = [middle for _, middle, _ in ranges]
    band = [(low, high) for low, _, high in ranges]
    return charts.bars(name, values, labels, band, columns=("Day", what, "80 % band"))


def _goal(about: Subject) -> dict[str, Any]:
    user, now = _user(), web.now()
    today = settings.today(user.settings, now)
    job = jobs.newest(user.id, goals.KIND)
    found = goals.newest(user.id, about.path)
    said = jobs.ending(job, now)
    return {
        "goal": goals.of(user.id, about.path),
        "job": job if jobs.is_running(job, now) else None,
        "failed": said if said in (jobs.STOPPED, jobs.FAILED) else "",
        "found": found if found and found.options["day"] > today else None,
        "iso": dates.iso,
        "first": today + 1,
        "last": today + goals.AHEAD,
    }


def _asked() -> Goal:
    try:
        day = date.fromisoformat(request.form.get("day", "")).toordinal()
    except ValueError:
        raise Refused("Choose a date.", "day") from None
    return Goal(day, web.number("minutes") or 0)


def _options() -> Options:
    new, minutes = web.number("new") or 0, web.number("minutes", required=False)
    percent = web.number("retention") or 0
    off = tuple(sorted({int(day) for day in request.form.getlist("off") if day in "0123456"}))
    if new > settings.MOST_NEW:
        raise Refused(f"Between 0 and {settings.MOST_NEW} new cards.", "new")
    if not 70 <= percent <= 99:
        raise Refused("Between 70 and 99 percent.", "retention")
    if minutes is not None and minutes > goals.MOST_MINUTES:
        raise Refused(f"At most {goals.MOST_MINUTES} minutes a day.", "minutes")
    if len(off) == 7:
        raise Refused("Keep at least one day for your reviews.", "off")
    return Options(new, minutes or None, percent / 100, off)
