"""All paths, one path, enrol and leave."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import paths, progress, web
from tracker.db import db

bp = Blueprint("paths", __name__, url_prefix="/paths")
LONGEST_QUERY = 100


@bp.get("/")
@web.access("anyone")
def index() -> ResponseReturnValue:
    """The paths of this installation, or those that mention the words looked for."""
    query = request.args.get("q", "")[:LONGEST_QUERY].strip()
    rows = paths.find(query, _learner())
    template = "paths/_rows.html" if web.is_htmx() else "paths/index.html"
    return render_template(template, rows=rows, q=query)


@bp.get("/<slug>")
@web.access("anyone")
def show(slug: str) -> ResponseReturnValue:
    """The garden of a path."""
    user = current_user if current_user.is_authenticated else None
    return render_template("paths/show.html", view=progress.path(paths.get(slug), user, web.now()))


@bp.post("/<slug>/enrol")
@web.access("learner")
def enrol(slug: str) -> ResponseReturnValue:
    """Begin to study the path."""
    path = paths.get(slug)
    paths.enrol(web.user_id(), path, web.now())
    db.session.commit()
    web.say(f"You study “{path.title}” now. Your first cards wait on Today.")
    return web.see_other("paths.show", slug=slug)


@bp.post("/<slug>/leave")
@web.access("learner")
def leave(slug: str) -> ResponseReturnValue:
    """Stop studying the path."""
    path = paths.get(slug)
    paths.leave(web.user_id(), path, web.now())
    db.session.commit()
    web.say(f"You left “{path.title}”. What you learnt is kept for when you come back.")
    return web.see_other("paths.show", slug=slug)


def _learner() -> int | None:
    return web.user_id() if current_user.is_authenticated else None
