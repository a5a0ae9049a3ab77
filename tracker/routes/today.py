"""The daily page, or what Perennial is for somebody without an account."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import certificates, progress, returning, users, web

bp = Blueprint("today", __name__)


@bp.get("/")
@web.access("anyone")
def index() -> ResponseReturnValue:
    """What is due now, what was done, what needs it most."""
    if not current_user.is_authenticated:
        first = not users.has_owner()
        return render_template("today/landing.html", first=first, open=users.is_open())
    now = web.now()
    view = progress.today(current_user, now)
    waiting = view.counts.due + view.done.held_reviews
    back = returning.offer(current_user.settings, waiting, now)
    soon = certificates.reminders(current_user, now)
    return render_template("today/index.html", today=view, back=back, soon=soon)
