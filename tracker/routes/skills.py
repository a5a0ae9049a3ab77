"""One skill: its notes, resources, prerequisites and cards; skip it or take it back."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import checks, paths, progress, web
from tracker.db import db

bp = Blueprint("skills", __name__, url_prefix="/paths")


@bp.get("/<path>/<slug>")
@web.access("anyone")
def show(path: str, slug: str) -> ResponseReturnValue:
    """The page of a skill."""
    user = current_user if current_user.is_authenticated else None
    skill, now = paths.skill(path, slug), web.now()
    view = progress.skill(skill.path, skill, user, now)
    known = view.row.state.name == "known"
    offer = checks.offer(user, skill, known, now) if user else None
    return render_template("skills/show.html", view=view, offer=offer)


@bp.post("/<path>/<slug>/skip")
@web.access("learner")
def skip(path: str, slug: str) -> ResponseReturnValue:
    """Leave the skill out of the queue."""
    skill = paths.skill(path, slug)
    paths.skip(web.user_id(), skill, web.now())
    db.session.commit()
    web.say(f"“{skill.title}” is left out of your reviews.")
    return web.see_other("skills.show", path=path, slug=slug)


@bp.post("/<path>/<slug>/unskip")
@web.access("learner")
def unskip(path: str, slug: str) -> ResponseReturnValue:
    """Take the skill back into the queue."""
    skill = paths.skill(path, slug)
    paths.unskip(web.user_id(), skill)
    db.session.commit()
    web.say(f"“{skill.title}” is back in your reviews.")
    return web.see_other("skills.show", path=path, slug=slug)
