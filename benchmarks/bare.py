"""What everything is measured by: a Flask route that makes one durable commit and nothing else."""

from __future__ import annotations

from flask import Flask, Response
from sqlalchemy import Engine, create_engine, text

from tracker import db as floor

TABLE = "CREATE TABLE IF NOT EXISTS bare (at BIGINT, note TEXT)"
INSERT = text("INSERT INTO bare (at, note) VALUES (1, 'one row')")


def make(address: str) -> Flask:
    """An application with `POST /`: one INSERT, one commit, on the database at `address`."""
    app = Flask("bare")
    engine = _engine(address)
    with engine.begin() as connection:
        connection.execute(text(TABLE))
    engine.dispose()

    @app.post("/")
    def store() -> Response:
        with engine.begin() as connection:
            connection.execute(INSERT)
        return Response("stored\n", mimetype="text/plain")

    return app


def _engine(address: str) -> Engine:
    """Opened as Perennial opens it: durable, and on SQLite one connection from the pool."""
    engine = create_engine(address, **floor.engine_options(address))
    floor.attach(engine)
    return engine
