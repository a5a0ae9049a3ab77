"""The server: gunicorn with threads; one process on SQLite, several on PostgreSQL."""

from __future__ import annotations

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from tracker import setup
from tracker.db import db


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with the application's own settings instead of a file of its own."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.application, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Take over the options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, already made."""
        return self.application


def run(app: Flask) -> None:
    """Serve until stopped; says in one line where, and how the owner's account is made."""
    host, port = app.config["HOST"], app.config["PORT"]
    base = app.config["BASE_URL"].rstrip("/") or f"http://{host}:{port}"
    link = setup.setup_link(app, base)
    with app.app_context():
        sqlite = db.engine.dialect.name == "sqlite"
        db.engine.dispose()  # connections do not survive the fork
    line = f"Perennial is running on {base}" + (f" - make your account: {link}" if link else "")
    options = {
        "bind": f"{host}:{port}",
        "workers": 1 if sqlite else app.config["WORKERS"],
        "worker_class": "gthread",
        "threads": app.config["THREADS"],
        "graceful_timeout": 10,
        "timeout": 60,
        "keepalive": 30,
        "loglevel": "warning",
        # Proxy headers are believed by PROXIES alone, not because they come from this machine.
        "forwarded_allow_ips": "",
        "limit_request_line": 4094,
        "limit_request_fields": 64,
        "when_ready": lambda _: print(line, flush=True),
    }
    # What was made so far stays: the collector need not look at it again, nor copy it after the
    # fork, and it looks at the rest less often (a request makes some thousand objects).
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    Server(app, options).run()
