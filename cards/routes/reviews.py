"""The review page: one card, its answer, its rating; undo, bury, suspend, flag."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cards import marks, plans, queue, reviews, settings, study
from cards.models import SchedulerSettings, StudyDay
from cards.routes import forms
from tracker import web
from tracker.db import db
from tracker.errors import Refused

bp = Blueprint("reviews", __name__, url_prefix="/review")


@bp.get("/")
@web.access("learner")
def show() -> ResponseReturnValue:
    """The next card, or what was done when nothing is left."""
    now = web.now()
    newest = reviews.last(_who().user_id, settings.today(_who(), now))
    return _answer_with(_view(forms.scope(), now, undo=newest and newest.id))


@bp.post("/start")
@web.access("learner")
def start() -> ResponseReturnValue:
    """Plan the day, keep what became known, and go to the next card or the end of the session."""
    scope, now = _scope(forms.scope()), web.now()
    study.start(_who(), scope, now)
    _session(now)
    db.session.commit()
    return web.see_other("reviews.show", scope=scope.key or None)


@bp.post("/answer")
@web.access("learner")
def answer() -> ResponseReturnValue:
    """Store the answer once and show the next card, if the day is planned and one is left.

    Else the form is sent on to `start`, which plans the day and keeps what became known: an
    answer costs the same wherever in a session it stands.
    """
    sent, now, who = forms.answer(), web.now(), _who()
    try:
        stored = reviews.answer(who, sent.card_id, sent.review_id, sent.rating, sent.duration, now)
    except Refused as refused:
        return _answer_with(_view(sent.scope, now, message=refused.message), 422)
    shown = _next(stored.day, sent.scope, now)
    db.session.commit()
    if shown is None:
        return redirect(url_for("reviews.start"), 307)
    return _go_on(_card(shown, sent.scope, undo=stored.review.id))


@bp.post("/undo")
@web.access("learner")
def undo() -> ResponseReturnValue:
    """Take an answer back and show its card again."""
    now = web.now()
    taken = reviews.undo(_who(), forms.review_id(), now)
    newest = reviews.last(_who().user_id, taken.day)
    scope = forms.scope()
    view = _view(scope, now, undo=newest and newest.id, card_id=taken.card_id)
    db.session.commit()
    return _go_on(view)


@bp.post("/mark")
@web.access("learner")
def mark() -> ResponseReturnValue:
    """Bury, suspend or flag a card; a flagged one stays where it is."""
    action, card_id, now = request.form.get("action", ""), web.number("card") or 0, web.now()
    marks.apply(action, _who(), card_id, now)
    newest = reviews.last(_who().user_id, settings.today(_who(), now))
    stays = card_id if action in ("flag", "unflag") else None
    back = web.local(request.form.get("next"), "")
    view = None if back else _view(forms.scope(), now, undo=newest and newest.id, card_id=stays)
    db.session.commit()
    return _go_on(view) if view else web.go(back)


@bp.post("/more")
@web.access("learner")
def more() -> ResponseReturnValue:
    """A few more cards than the limits of the day."""
    scope = _scope(forms.scope())
    study.more(_who(), scope, web.now())
    db.session.commit()
    return web.see_other("reviews.show", scope=scope.key or None)


def _who() -> SchedulerSettings:
    return cast(SchedulerSettings, current_user.settings)


def _scope(key: str) -> study.Scope:
    found = current_app.extensions["study_scope"](web.user_id(), key)
    return cast(study.Scope, found)


def _session(now: datetime) -> None:
    """Let the application know that a session begins or ends."""
    current_app.extensions["study_session"](now)


def _next(day: StudyDay, key: str, now: datetime) -> study.Shown | None:
    """The next card of the plan that is kept for the day; none without a plan or at its end."""
    plan = plans.stored(day, key)
    if plan is None:
        return None
    learning = queue.learning(day.user_id, day.day, plan.decks)
    return study.shown(_who(), plan, learning, now, day.answers)


def _view(key: str, now: datetime, *, card_id: int | None = None, **values: Any) -> dict[str, Any]:
    """What the page shows: a card, or the end of the session. A plan that it makes is not kept."""
    who = _who()
    day = study.day_of(who, now)
    plan = plans.stored(day, key) or queue.make(who, day, _scope(key).decks)
    learning = queue.learning(who.user_id, day.day, plan.decks)
    shown = study.shown(who, plan, learning, now, day.answers, card_id)
    if shown is not None:
        return _card(shown, key, **values)
    summary = study.summary(who, day, plan, learning, now)
    return {"shown": None, "summary": summary, "scope": key, "home": _scope(key)} | values


def _card(shown: study.Shown, key: str, **values: Any) -> dict[str, Any]:
    return {"shown": shown, "scope": key, "summary": None} | values


def _answer_with(view: dict[str, Any], status: int = 200) -> ResponseReturnValue:
    template = "reviews/_review.html" if web.is_htmx() else "reviews/show.html"
    return render_template(template, **view), status


def _go_on(view: dict[str, Any]) -> ResponseReturnValue:
    if web.is_htmx():
        return _answer_with(view)
    return web.see_other("reviews.show", scope=view["scope"] or None)
