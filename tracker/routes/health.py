"""Whether the server and its database answer, for whatever watches them."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import text

from tracker import web
from tracker.db import db

bp = Blueprint("health", __name__)


@bp.get("/health")
@web.access("anyone")
def show() -> Response:
    """`ok`, or 503 when the database does not answer."""
    db.session.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")
