"""What a server does before it takes its first request: migrations, the built-in path, a token."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import upgrade as migrate

from tracker import users
from tracker.content import check, install
from tracker.content.changes import Changes
from tracker.db import db, writing
from tracker.errors import Refused

BUILT_IN = Path(__file__).parent / "content" / "python-engineer"


def upgrade(app: Flask) -> None:
    """Bring the tables up to date."""
    with app.app_context():
        migrate()


def install_path(app: Flask, directory: Path) -> Changes:
    """Install or upgrade a path from its folder, all or nothing; Refused lists its faults.

    What only the linter minds does not stop a learner: it is the author's to mend.
    """
    now = app.config["CLOCK"]()
    path, faults = check.load(directory, today=now.date(), lint=False)
    if path is None or faults:
        raise Refused("\n".join(str(fault) for fault in faults))
    with app.app_context(), writing():
        changes = install.install(db.session(), path, now)
        db.session.commit()
    return changes


def install_builtin(app: Flask) -> Changes:
    """Install or upgrade the path that comes with Perennial."""
    return install_path(app, BUILT_IN)


def setup_link(app: Flask, base: str) -> str | None:
    """The address at which the owner's account is made, or None when there is one already."""
    with app.app_context(), writing():
        token = users.setup_token()
        db.session.commit()
    return f"{base}/register?setup={token}" if token else None
