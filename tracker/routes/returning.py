"""The way back after a break: minutes a day, and the day on which nothing is left over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cards import settings
from tracker import charts, returning, web
from tracker.axes import shares
from tracker.db import db
from tracker.errors import Refused
from tracker.models import User
from tracker.routes import dates

bp = Blueprint("returning", __name__, url_prefix="/back")
USUAL = 15


@bp.get("/")
@web.access("learner")
def show() -> ResponseReturnValue:
    """The way back that was looked at last, and the slider."""
    return render_template("returning/show.html", **_view())


@bp.post("/")
@web.access("learner", writes=False)
def look() -> ResponseReturnValue:
    """The way back with other minutes."""
    returning.look(_user(), _minutes(), web.now())
    if web.is_htmx():
        return render_template("returning/_result.html", **_view())
    return web.see_other("returning.show")


@bp.post("/use")
@web.access("learner")
def use() -> ResponseReturnValue:
    """Study so many minutes a day from now on."""
    minutes = _minutes()
    returning.use(_user().settings, minutes)
    db.session.commit()
    web.say(f"Today holds what fits into {minutes} minutes. What saves most comes first.")
    return web.see_other("today.index")


def _user() -> User:
    user: User = current_user._get_current_object()
    return user


def _minutes() -> int:
    minutes = web.number("minutes") or 0
    if not 1 <= minutes <= settings.MOST_MINUTES:
        raise Refused(f"Between 1 and {settings.MOST_MINUTES} minutes a day.", "minutes")
    return minutes


def _view() -> dict[str, Any]:
    who = _user().settings
    row = returning.newest(who.user_id, settings.today(who, web.now()))
    minutes = row.options["minutes"] if row else who.minutes_per_day or USUAL
    shown = row.result if row else None
    chart = _chart(row.day, row.result["recall"]) if row else None
    return {"shown": shown, "minutes": minutes, "chart": chart, "used": who.minutes_per_day}


def _chart(today: int, recall: list[float]) -> charts.Chart:
    points = [(float(today + number), share) for number, share in enumerate(recall)]
    return charts.line(
        "Recall over all cards",
        points,
        at=lambda day: dates.short(int(day)),
        y=shares(min(recall, default=0.0)),
        columns=("Day", "Recall"),
    )
