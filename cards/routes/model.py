"""The memory model: what it predicted and what came, and parameters fitted to the learner."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cards import accounts, parameters
from cards.accounts import Account, Part
from cards.calibration import ENOUGH
from cards.fitting import Fit
from cards.models import Job, SchedulerSettings
from tracker import charts, jobs, web
from tracker.axes import percent
from tracker.db import db, writing
from tracker.errors import Refused

bp = Blueprint("model", __name__, url_prefix="/model")
KIND = "fit"


@bp.get("/")
@web.access("learner")
def index() -> ResponseReturnValue:
    """Whether the predictions can be trusted, and the fit."""
    account = accounts.of(_who())
    return render_template(
        "model/index.html",
        account=account,
        chart=charts.dots("Predicted and observed recall", account.whole.bins),
        rows=_rows(account),
        **_fit(account.whole.scored),
    )


@bp.get("/fit")
@web.access("learner")
def progress() -> ResponseReturnValue:
    """How far the fit is."""
    if not web.is_htmx():
        return web.see_other("model.index", _anchor="fit")
    return render_template("model/_fit.html", **_fit(ENOUGH))


@bp.post("/fit")
@web.access("learner", writes=False)
def fit() -> ResponseReturnValue:
    """Begin to fit the parameters, in the background."""
    user_id, scored = web.user_id(), accounts.of(_who()).whole.scored
    if scored < ENOUGH:
        raise Refused(f"Not enough reviews yet ({scored} of {ENOUGH}).")
    with writing():
        job = jobs.start(user_id, KIND, web.now())
        db.session.commit()
    jobs.run(job, _task(user_id, scored), _place())
    return _answer(scored)


@bp.post("/undo")
@web.access("learner")
def undo() -> ResponseReturnValue:
    """Go back to the parameters before."""
    parameters.undo(_who(), web.now())
    db.session.commit()
    web.say("The parameters before are in use again, from each card's next answer on.")
    return web.see_other("model.index", _anchor="fit")


def _who() -> SchedulerSettings:
    return cast(SchedulerSettings, current_user.settings)


def _task(user_id: int, scored: int) -> jobs.Task[Fit]:
    return jobs.Task(
        compute=lambda: parameters.fitted(user_id),
        keep=lambda fit, now: parameters.keep(user_id, fit, now),
        seconds=parameters.expected_seconds(scored),
    )


def _place() -> jobs.Place:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return jobs.Place(app.app_context, app.config["CLOCK"])


def _answer(scored: int) -> ResponseReturnValue:
    if web.is_htmx():
        return render_template("model/_fit.html", **_fit(scored))
    return web.see_other("model.index", _anchor="fit")


def _fit(scored: int) -> dict[str, Any]:
    now, user_id = web.now(), web.user_id()
    job: Job | None = jobs.newest(user_id, KIND)
    sets = parameters.made(user_id)
    return {
        "job": job if jobs.is_running(job, now) else None,
        "said": jobs.ending(job, now),
        "last": sets[0] if sets else None,
        "used": parameters.used(sets),
        "enough": ENOUGH,
        "scored": scored,
    }


def _rows(account: Account) -> list[tuple[str, list[tuple[str, ...]], list[str]]]:
    """The tables of the paths: their name, themselves and their sections as cells, and in words."""
    return [
        (
            one.path.name,
            [_cells(one.path, "All of it"), *map(_cells, one.sections)],
            [part.account.sentence for part in (one.path, *one.sections)],
        )
        for one in account.paths
    ]


def _cells(part: Part, name: str = "") -> tuple[str, ...]:
    account = part.account
    figures = percent(account.predicted), percent(account.observed)
    return (name or part.name, f"{account.scored:,}", *figures)
