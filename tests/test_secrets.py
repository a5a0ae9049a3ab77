"""No password, hash or cookie is ever written to the log, nor shown when something fails."""

from __future__ import annotations

import logging

import pytest

from tests.factories import PASSWORD, saved
from tracker import users
from tracker.db import db, writing
from tracker.models import User

NEW = "seven green turtles walk north"


@pytest.fixture
def learner(app):
    return saved(app, email="ada@example.org", is_owner=True)


def everybody(app):
    with app.app_context():
        return users.everybody()


def register(client, **values):
    data = {"name": "Grace", "email": "grace@example.org", "password": NEW, "zone": "Asia/Tokyo"}
    return client.post("/register", data=data | values)


def log_in(client, email="ada@example.org", password=PASSWORD, **values):
    return client.post("/login", data={"email": email, "password": password} | values)


# What is written to the log.


def test_no_secret_is_ever_logged(app, client, learner, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    log_in(client, password="a wrong secret password")
    log_in(client, remember="y")
    register(app.test_client(), email="eve@example.org")
    client.post("/settings/password", data={"current": PASSWORD, "password": NEW})
    with app.app_context():
        hashes = [user.password_hash for user in db.session.scalars(db.select(User))]
    secrets = [PASSWORD, NEW, "a wrong secret", client.get_cookie("perennial").value, "x" * 32]
    written = caplog.text + "".join(capfd.readouterr())
    assert not [secret for secret in secrets + hashes if secret in written]


def test_a_failing_database_logs_no_parameters(app, client, learner, caplog):
    with app.app_context(), writing():
        db.session.execute(db.text("ALTER TABLE sessions RENAME TO gone"))
        db.session.commit()
    answer = log_in(client)
    assert answer.status_code in (500, 503) and "failed" in caplog.text
    for secret in ("ada@example.org", learner.password_hash, PASSWORD):
        assert secret not in caplog.text and secret not in answer.text
