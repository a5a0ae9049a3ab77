"""The closing check of a skill: a card, what is written for it, its answer, the result."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import checks, paths, states, web
from tracker.db import db
from tracker.errors import Refused
from tracker.models import ClosingCheck, Skill

bp = Blueprint("checks", __name__, url_prefix="/checks")


@bp.post("/start/<path>/<slug>")
@web.access("learner")
def start(path: str, slug: str) -> ResponseReturnValue:
    """Begin the check of a skill, or go on with the open one."""
    skill, now = paths.skill(path, slug), web.now()
    check = checks.start(current_user, skill, states.knows(current_user, skill, now), now)
    db.session.commit()
    return web.see_other("checks.show", check=check.id)


@bp.get("/<uuid:check>")
@web.access("learner")
def show(check: uuid.UUID) -> ResponseReturnValue:
    """The card whose turn it is, one answered before (`?card=`), or the result."""
    found = checks.get(web.user_id(), check)
    at = request.args.get("card", type=int)
    return _page(found, at)


@bp.post("/<uuid:check>/write")
@web.access("learner")
def write(check: uuid.UUID) -> ResponseReturnValue:
    """Keep what was written, and show the answer."""
    found, number = checks.get(web.user_id(), check), web.number("card") or 0
    duration = web.number("duration", required=False) or 0
    try:
        wrote = request.form.get("wrote", "")
        checks.write(current_user, found, number, wrote, duration, web.now())
    except Refused as refused:
        return _page(found, number, refused.message, 422)
    db.session.commit()
    return _go_on(found, number)


@bp.post("/<uuid:check>/judge")
@web.access("learner")
def judge(check: uuid.UUID) -> ResponseReturnValue:
    """The learner says whether it was right; the next card."""
    found, number = checks.get(web.user_id(), check), web.number("card") or 0
    right = request.form.get("right") == "yes"
    try:
        checks.judge(current_user, found, number, right, web.now())
    except Refused as refused:
        return _page(found, number, refused.message, 422)
    db.session.commit()
    return _go_on(found, None)


def _go_on(check: ClosingCheck, number: int | None) -> ResponseReturnValue:
    if web.is_htmx():
        return _page(check, number)
    return web.see_other("checks.show", check=check.id, card=number)


def _page(
    check: ClosingCheck, number: int | None, message: str = "", status: int = 200
) -> ResponseReturnValue:
    skill, now = db.session.get_one(Skill, check.skill_id), web.now()
    question = checks.question(check, number) if number is not None else None
    if question is None and checks.is_open(check, now):
        question = checks.question(check)
    missed = [] if question else checks.wrong(check)
    template = "checks/_check.html" if web.is_htmx() else "checks/show.html"
    values = {"check": check, "skill": skill, "question": question, "missed": missed}
    at = int(now.timestamp() * 1000)
    rights = checks.rights(check)
    return render_template(template, **values, rights=rights, message=message, at=at), status
