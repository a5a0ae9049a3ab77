"""The fixtures every test may use, and the rule that no test is left out in silence."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

# A developer's runs look for new examples; what must hold before a change lands is the same each
# time. Deadlines would measure the machine.
settings.register_profile("perennial", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("perennial")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RUN = pytest.StashKey[Path]()


# The folder of the test run, shared by its workers: it holds the PostgreSQL server.


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", None)
    config.stash[RUN] = Path(worker["run"] if worker else tempfile.mkdtemp(prefix="perennial-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["run"] = str(node.config.stash[RUN])


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or RUN not in config.stash:
        return
    folder = config.stash[RUN]
    if (folder / "postgresql" / "postmaster.pid").exists():
        from tests.databases import stop

        stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


# What could not run is named at the end; where CI=true, it is a failure.


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if os.environ.get("CI") == "true" and exitstatus == 0 and left_out(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    reports = left_out(config)
    if reports:
        terminalreporter.section("not run")
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.line(f"not run: {report.nodeid}: {str(reason).removeprefix('Skipped: ')}")


def left_out(config: pytest.Config) -> list[pytest.TestReport]:
    """The reports of the tests that were skipped."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []


# Time.


class Clock:
    """The setting CLOCK of a test: stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        """Let time pass, as `move(days=3)`; returns the new time."""
        self.at += timedelta(**by)
        return self.at


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


# Databases and the application.

Fresh = Callable[[Path], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    from tests.databases import SQLite

    return SQLite(tmp_path_factory.mktemp("sqlite")).fresh


@pytest.fixture(scope="session")
def postgresql(pytestconfig: pytest.Config) -> Fresh:
    from tests.databases import PostgreSQL

    return PostgreSQL(pytestconfig.stash[RUN]).fresh


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new, migrated database."""
    with request.getfixturevalue(request.param)(tmp_path) as address:
        yield address


@pytest.fixture
def app(database: str, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    from tracker.app import create_app
    from tracker.db import db

    app = create_app(
        {
            "DATABASE": database,
            "DATA": tmp_path,
            "TESTING": True,
            "CLOCK": clock,
            "SECRET_KEY": "x" * 32,
            "WTF_CSRF_ENABLED": False,
        }
    )
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def login(app: Flask, clock: Clock) -> Callable[..., FlaskClient]:
    """`login(client, user)`: that learner is logged in there; the form itself has its own test."""
    from tracker import sessions
    from tracker.db import db, writing
    from tracker.models import User
    from tracker.routes import auth

    def begin(client: FlaskClient, user: User) -> FlaskClient:
        number = user.id
        with app.app_context(), writing():
            found = db.session.get_one(User, number)
            cookie = sessions.start(found, clock(), remember=False, agent="tests", address="")
            db.session.commit()
        with app.test_request_context():
            client.set_cookie(auth.cookie_name(), cookie)
        return client

    return begin
