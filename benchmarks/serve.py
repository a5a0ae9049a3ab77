"""Perennial for a measurement, with the bare route beside it under /bare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from benchmarks import bare
from tracker import server
from tracker.app import create_app
from tracker.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def application() -> Flask:
    """Perennial with the bare route; no connection is open."""
    app = create_app()
    beside: dict[str, WSGIApplication] = {"/bare": bare.make(app.config["DATABASE"])}
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, beside)  # type: ignore[method-assign]
    with app.app_context():
        db.engine.dispose()
    return app


def main() -> None:
    """Serve until stopped, as `perennial serve` does."""
    server.run(application())
