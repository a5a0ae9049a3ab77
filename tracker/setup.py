"""What a server does before it takes its first request: migrations, the built-in path, a token."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import upgrade as migrate

from tracker import certificates, users
from tracker.content import check, install
from tracker.content.changes import Changes
from tracker.db import db, writing
from tracker.errors import Refused

BUILT_IN = Path(__file__).parent / "content" / "python-engineer"


# What SQLite is told of its tables: how many rows, then how many for each value of an index's
# first column, of its first two, and so on. Without it SQLite takes a learner to have ten rows,
# and goes through them all where an index leads to the few that are asked for.
STATISTICS = {
    ("memories", "memories"): "1000000 10000 1",
    ("memories", "ix_memories_user_id_state_due_day"): "1000000 10000 3000 20",
    ("reviews", "reviews"): "10000000 100000 1",
    ("reviews", "ix_reviews_user_id_card_id_reviewed_at"): "10000000 100000 10 1",
    ("reviews", "ix_reviews_user_id_day"): "10000000 100000 100",
}


def upgrade(app: Flask) -> None:
    """Bring the tables up to date."""
    with app.app_context():
        migrate()
        if db.engine.dialect.name == "sqlite":
            _describe()


def _describe() -> None:
    rows = [(table, index, text) for (table, index), text in STATISTICS.items()]
    with writing():
        connection = db.session.connection()
        connection.exec_driver_sql("ANALYZE sqlite_schema")
        connection.exec_driver_sql("DELETE FROM sqlite_stat1")
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", rows)
        db.session.commit()
    # Connections read it when they are opened.
    db.engine.dispose()


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


def issuer(app: Flask) -> str:
    """Make the keys that certificates are signed with, at first start; what is wrong with them."""
    now = app.config["CLOCK"]()
    with app.app_context(), writing():
        try:
            certificates.resign(app.extensions["issuer"](now), now)
        except Refused as refused:
            return f"Certificates cannot be issued. {refused.message}"
        db.session.commit()
    return ""


def setup_link(app: Flask, base: str) -> str | None:
    """The address at which the owner's account is made, or None when there is one already."""
    with app.app_context(), writing():
        token = users.setup_token()
        db.session.commit()
    return f"{base}/register?setup={token}" if token else None
