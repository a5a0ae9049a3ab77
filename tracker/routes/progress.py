"""Progress: what is still remembered of each path, section and skill, and what changed."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import paths, progress, web

bp = Blueprint("progress", __name__, url_prefix="/progress")


@bp.get("/")
@web.access("learner")
def index() -> ResponseReturnValue:
    """All paths that are studied."""
    return render_template("progress/index.html", views=progress.overview(current_user, web.now()))


@bp.get("/<slug>")
@web.access("learner")
def path(slug: str) -> ResponseReturnValue:
    """A path: its map and its sections."""
    report = progress.path_report(paths.get(slug), current_user, web.now())
    return render_template("progress/path.html", report=report)


@bp.get("/<path>/<section>")
@web.access("learner")
def section(path: str, section: str) -> ResponseReturnValue:
    """A section: its skills with their states."""
    report = progress.section_report(paths.get(path), section, current_user, web.now())
    return render_template("progress/section.html", report=report)


@bp.get("/<path>/<section>/<slug>")
@web.access("learner")
def skill(path: str, section: str, slug: str) -> ResponseReturnValue:
    """A skill: its state with the reason, and its cards."""
    report = progress.skill_report(paths.get(path), section, slug, current_user, web.now())
    return render_template("progress/skill.html", report=report)
