"""The floor: which SQLite is used and how it is opened, times, and one writer at a time."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType, SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, StatementError

from tests.factories import make_user
from tracker import db as floor
from tracker.app import create_app
from tracker.db import begin_write, db, end_write, writing
from tracker.models import User


def pragma(name):
    return db.session.scalar(text(f"PRAGMA {name}"))


@pytest.fixture
def lite(sqlite, tmp_path):
    """The application on SQLite that waits a third of a second for others."""
    with sqlite(tmp_path) as address:
        made = create_app(
            {
                "DATABASE": address,
                "DATA": tmp_path,
                "TESTING": True,
                "SECRET_KEY": "x" * 32,
                "BUSY_SECONDS": 0.3,
            }
        )
        yield made
        with made.app_context():
            db.session.remove()
            db.engine.dispose()


def test_the_sqlite_in_use_cannot_corrupt_the_log(lite):
    with lite.app_context():
        version = db.session.scalar(text("SELECT sqlite_version()"))
    assert tuple(map(int, version.split("."))) >= (3, 51, 3)


@pytest.mark.parametrize("version", ["3.40.1", "3.50.7", "3.51.2"])
def test_an_old_sqlite_is_refused_with_what_to_do(monkeypatch, version):
    old = SimpleNamespace(
        sqlite_version=version, sqlite_version_info=tuple(map(int, version.split(".")))
    )
    package = ModuleType("pysqlite3")
    package.dbapi2 = old
    monkeypatch.setattr(floor, "sqlite3", old)
    monkeypatch.setitem(sys.modules, "pysqlite3", package)
    with pytest.raises(RuntimeError, match=rf"SQLite {version}.*Install the package pysqlite3"):
        floor.driver()

    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    with pytest.raises(RuntimeError, match="3.51.3 or later is needed"):
        floor.driver()


def test_the_standard_module_is_used_where_it_is_new_enough(monkeypatch):
    new = SimpleNamespace(sqlite_version="3.51.3", sqlite_version_info=(3, 51, 3))
    monkeypatch.setattr(floor, "sqlite3", new)
    assert floor.driver() is new


def test_every_connection_keeps_the_promises(lite):
    with lite.app_context():
        for _ in range(2):
            assert pragma("journal_mode") == "wal"
            assert pragma("synchronous") == 2
            assert pragma("foreign_keys") == 1
            assert pragma("trusted_schema") == 0
            db.session.remove()
            db.engine.dispose()


def test_postgresql_does_not_wait_or_work_for_ever(postgresql, tmp_path):
    with postgresql(tmp_path) as address:
        values = {"BUSY_SECONDS": 1.5, "STATEMENT_SECONDS": 7, "SECRET_KEY": "x" * 32}
        app = create_app({"DATABASE": address, "DATA": tmp_path} | values)
        with app.app_context():
            found = [
                db.session.scalar(text(f"SHOW {name}_timeout")) for name in ("lock", "statement")
            ]
            db.session.remove()
            db.engine.dispose()
    assert found == ["1500ms", "7s"]


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 23, 9, 0, 0, 123000, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
        datetime(2026, 3, 29, 3, 0, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_time_comes_back_as_the_same_instant_and_aware(app, at):
    with app.app_context(), writing():
        user = make_user()
        user.created_at = at
        db.session.commit()
        db.session.expire_all()
        found = db.session.get(User, user.id).created_at
    assert found == at and found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(app):
    with app.app_context(), writing():
        user = make_user()
        user.created_at = datetime(2026, 1, 1)
        with pytest.raises(StatementError, match="without a zone"):
            db.session.flush()


def test_what_is_not_committed_is_gone(app):
    with app.app_context():
        with writing():
            make_user()
        assert db.session.query(User).count() == 0


def test_readers_do_not_wait_for_a_writer(lite):
    with lite.app_context(), writing():
        make_user()
        found = []

        def read():
            with lite.app_context():
                found.append(db.session.query(User).count())

        thread = threading.Thread(target=read)
        thread.start()
        thread.join(2)
    assert found == [0]


def test_a_second_writer_is_told_that_the_database_is_locked(lite):
    told = []
    with lite.app_context(), writing():
        make_user()

        def write():
            with lite.app_context(), writing(), pytest.raises(OperationalError) as refusal:
                make_user()
            told.append(str(refusal.value))

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(5)
        db.session.commit()
    assert len(told) == 1 and "locked" in told[0]


def test_a_writer_waits_as_long_as_is_set(sqlite, tmp_path, monkeypatch):
    asked = []

    class Taken:
        def acquire(self, timeout):
            asked.append(timeout)

    monkeypatch.setattr(floor, "threading", SimpleNamespace(Lock=Taken))
    with sqlite(tmp_path) as address:
        values = {"DATABASE": address, "DATA": tmp_path, "SECRET_KEY": "x" * 32}
        app = create_app(values | {"BUSY_SECONDS": 1.5})
        with app.app_context():
            other_programs = pragma("busy_timeout")
            with writing(), pytest.raises(OperationalError, match="locked"):
                make_user()
            db.session.remove()
            db.engine.dispose()
    assert (other_programs, asked) == (1500, [1.5])


def test_a_writer_that_failed_leaves_the_lock_to_the_next(lite):
    file = lite.config["DATABASE"].removeprefix("sqlite:///")
    # Two SQLite libraries in one process would not see each other's locks.
    other = floor.driver().connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with lite.app_context():
        for _ in range(3):
            with writing(), pytest.raises(OperationalError, match="locked"):
                make_user()
        other.execute("ROLLBACK")
        other.close()
        with writing():
            make_user()
            db.session.commit()
        assert db.session.query(User).count() == 1


def test_many_writers_at_once_lose_nothing(lite):
    lite_busy = create_app({**lite.config, "BUSY_SECONDS": 10.0})
    faults = []

    def write():
        try:
            for _ in range(10):
                with lite_busy.app_context(), writing():
                    db.session.execute(text("UPDATE users SET created_at = created_at + 1"))
                    db.session.commit()
        except OperationalError as error:
            faults.append(error)

    with lite_busy.app_context():
        with writing():
            before = make_user().created_at
            db.session.commit()
        threads = [threading.Thread(target=write) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        after = db.session.query(User).one().created_at
        db.session.remove()
        db.engine.dispose()
    assert faults == [] and after - before == timedelta(milliseconds=60)


def test_a_reader_that_turns_into_a_writer_sees_the_newest(lite):
    with lite.app_context():
        db.session.query(User).count()
        with lite.app_context(), writing():
            make_user()
            db.session.commit()
        begin_write()
        assert db.session.query(User).count() == 1
        end_write()
