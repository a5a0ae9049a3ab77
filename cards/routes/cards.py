"""One card: what is remembered of it, its forgetting curve and every answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cards import story
from cards.models import SchedulerSettings
from cards.story import Story, Told
from tracker import axes, charts, web

bp = Blueprint("cards", __name__, url_prefix="/cards")
YEAR = 330  # days
COLUMNS = ("Day", "Answer", "Recall before", "Stable, days", "Next after", "Time")


@bp.get("/<int(max=9007199254740991):number>")
@web.access("learner")
def show(number: int) -> ResponseReturnValue:
    """The page of a card."""
    found = story.of(cast(SchedulerSettings, current_user.settings), number, web.now())
    rows = [_row(answer) for answer in reversed(found.answers)]
    return render_template(
        "cards/show.html", story=found, chart=_chart(found), columns=COLUMNS, rows=rows
    )


def _chart(found: Story) -> charts.Chart | None:
    if found.memory is None or not found.counted:
        return None
    answers = [
        charts.Answer(one.day, one.rating, one.passed, one.stability) for one in found.counted
    ]
    return charts.forgetting(
        "Recall", answers, found.predicted, found.today, found.until, at=_dates(found)
    )


def _dates(found: Story) -> Callable[[float], str]:
    """Dates for the axis: without the year while it goes without saying."""
    within_a_year = found.until - found.answers[0].day < YEAR

    def words(day: float) -> str:
        at = date.fromordinal(round(day))
        return f"{at.day} {at:%b}" if within_a_year else f"{at:%b %Y}"

    return words


def _row(answer: Told) -> tuple[str, ...]:
    return (
        f"{date.fromordinal(answer.day):%-d %b %Y}",
        answer.rating if answer.counts else f"{answer.rating}, taken back",
        axes.percent(answer.recall) if answer.recall is not None else "–",
        axes.number(answer.stability),
        answer.interval.removeprefix("the "),
        f"{axes.number(round(answer.seconds))} s",
    )
