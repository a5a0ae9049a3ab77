"""Progress: what is still remembered of each path, section and skill, and what changed."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import progress, web

bp = Blueprint("progress", __name__, url_prefix="/progress")


@bp.get("/")
@web.access("learner")
def index() -> ResponseReturnValue:
    """All paths that are studied."""
    return render_template("progress/index.html", today=progress.today(current_user, web.now()))
