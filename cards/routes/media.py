"""Pictures that belong to a path's text, served so that nothing in them can run."""

from __future__ import annotations

from flask import Blueprint, Response

from cards import notes
from tracker import web

bp = Blueprint("media", __name__, url_prefix="/media")


@bp.get("/<namespace>/<path:name>")
@web.access("anyone")
def show(namespace: str, name: str) -> Response:
    """One picture, with exactly its stored type."""
    found = notes.media(namespace, name)
    response = Response(found.data, mimetype=found.type)
    response.headers["Content-Security-Policy"] = web.SANDBOX
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
