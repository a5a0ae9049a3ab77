"""Perennial for a measurement, with the bare route beside it under /bare."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from benchmarks import bare
from tracker import config, server
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


def granian() -> None:
    """The other server, set up as near to ours as it can be."""
    from granian import Granian
    from granian.constants import Interfaces

    found = config.load(None, os.environ)
    sqlite = found["DATABASE"].startswith("sqlite")
    Granian(
        "benchmarks.serve:application",
        factory=True,
        address=found["HOST"],
        port=found["PORT"],
        interface=Interfaces.WSGI,
        workers=1 if sqlite else found["WORKERS"],
        blocking_threads=found["THREADS"],
        log_enabled=False,
    ).serve()


def main(kind: str) -> None:
    """Serve until stopped, with `gunicorn` (as `perennial serve` does) or `granian`."""
    if kind == "granian":
        granian()
    else:
        server.run(application())
