"""The floor: the database, the base class of all tables, one time type, and how transactions begin.

SQLite is the default and is opened so that an acknowledged write survives a power cut: WAL,
`synchronous=FULL`, `BEGIN IMMEDIATE` for every writing transaction and one write lock in this
process. Versions of SQLite below 3.51.3 can corrupt a WAL database, so they are refused.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import ModuleType
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Executable,
    Integer,
    MetaData,
    Result,
    Table,
    event,
    insert,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.dml import Insert
from sqlalchemy.types import TypeDecorator

OLDEST_SQLITE = (3, 51, 3)
WRITE_WAIT = 5.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
BigKey = BigInteger().with_variant(Integer, "sqlite")

_writing: ContextVar[bool] = ContextVar("writing", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, stored as whole UTC milliseconds since 1970 and always read back aware.

    A naive time is refused with ValueError; what is finer than a millisecond is cut off.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else EPOCH + timedelta(milliseconds=value)


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970 in UTC; ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return (at - EPOCH) // MILLISECOND


class Model(DeclarativeBase):
    """The base of every table."""

    registry = registry(type_annotation_map={datetime: UtcDateTime, int: BigKey})
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


# What was read stays readable after the commit: the page is made from it.
db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False})


def table(model: type[Model]) -> Table:
    """The table of a model: selecting its columns gives plain rows, at half the cost of objects."""
    return cast(Table, model.__table__)


def read(statement: Executable, **values: Any) -> Result[Any]:
    """Run a statement over tables; objects that wait to be stored are stored before."""
    db.session.flush()
    return db.session.execute(statement, values)


def values(row: Model) -> dict[str, Any]:
    """What an object holds, by column."""
    return {column.key: getattr(row, column.key) for column in table(type(row)).columns}


def add(row: Model) -> None:
    """Store a new row at once, and leave it out of the session: no object costs less to store."""
    db.session.execute(_insert(type(row)), values(row))


def put(model: type[Model], *rows: Mapping[str, Any]) -> None:
    """Store whole rows, each in the place of the one with its key if there is one.

    One statement. Objects of these rows that the session holds are read anew at their next use.
    """
    if not rows:
        return
    db.session.execute(_upsert(model, db.session.get_bind().dialect.name), list(rows))
    for row in rows:
        key = identity_key(model, [row[column.key] for column in table(model).primary_key])
        held = db.session.identity_map.get(key)
        if held is not None:
            db.session.expire(held)


@contextmanager
def together() -> Iterator[None]:
    """What is added and put inside goes to PostgreSQL in one round trip, when the block ends.

    Nothing may be read inside.
    """
    connection = db.session.connection()
    driven = connection.connection.driver_connection
    base: type[Exception] = connection.dialect.loaded_dbapi.Error
    try:
        with getattr(driven, "pipeline", nullcontext)():
            yield
    except base as error:
        # The end of the block is no statement, so SQLAlchemy has not looked at what it says.
        if connection.dialect.is_disconnect(error, driven, None):  # type: ignore[arg-type]
            connection.invalidate(error)
        raise DBAPIError.instance(None, None, error, base, hide_parameters=True) from error


@lru_cache
def _insert(model: type[Model]) -> Insert:
    return insert(table(model))


@lru_cache
def _upsert(model: type[Model], dialect: str) -> Insert:
    new = (postgresql if dialect == "postgresql" else sqlite).insert(table(model))
    key = table(model).primary_key
    others = {name: value for name, value in new.excluded.items() if name not in key.columns}
    return cast(Insert, new.on_conflict_do_update(index_elements=key, set_=others))


def driver() -> ModuleType:
    """The newest SQLite there is: the standard module if it is safe, else pysqlite3.

    RuntimeError where neither is 3.51.3 or later.
    """
    modules: list[ModuleType] = [sqlite3]
    try:
        from pysqlite3 import dbapi2

        modules.append(dbapi2)
    except ImportError:
        pass
    for module in modules:
        if module.sqlite_version_info >= OLDEST_SQLITE:
            return module
    found = ", ".join(module.sqlite_version for module in modules)
    raise RuntimeError(
        f"SQLite {found} can corrupt the database: 3.51.3 or later is needed. "
        "Install the package pysqlite3 (0.6.1 or later), or use PostgreSQL."
    )


def engine_options(uri: str, busy: float = WRITE_WAIT, statement: float = 20) -> dict[str, Any]:
    """The engine options for a database address.

    `busy` is how long a writer waits and `statement` how long PostgreSQL works, in seconds.
    """
    # Parameters hold hashes and e-mail addresses, and errors are written to the log.
    hidden = {"hide_parameters": True}
    if uri.startswith("sqlite"):
        return hidden | {"module": driver(), "connect_args": {"timeout": busy}, "pool_size": 32}
    limits = f"-c lock_timeout={int(busy * 1000)} -c statement_timeout={int(statement * 1000)}"
    connect = {"options": limits, "connect_timeout": 5}
    pool = {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 16, "pool_timeout": busy}
    return hidden | pool | {"connect_args": connect}


@contextmanager
def writing() -> Iterator[None]:
    """Transactions that begin inside are writers from their first statement.

    What was only read before is ended first, since a reader that turns into a writer can meet
    a database that has moved on.
    """
    begin_write()
    try:
        yield
    finally:
        end_write()


def begin_write() -> None:
    """From here on, until `end_write`, every transaction of this request is a writer."""
    db.session.rollback()
    _writing.set(True)


def is_writing() -> bool:
    """Whether transactions that begin now are writers."""
    return _writing.get()


def end_write() -> None:
    """Back to reading; an open transaction is rolled back."""
    db.session.rollback()
    _writing.set(False)


def attach(engine: Engine, busy: float = WRITE_WAIT) -> None:
    """Open an SQLite engine's connections and transactions by the rules above.

    A writer waits `busy` seconds for the others of this process, then OperationalError.
    """
    if engine.dialect.name != "sqlite":
        return
    lock = threading.Lock()

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA trusted_schema=OFF")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not _writing.get():
            connection.exec_driver_sql("BEGIN")
            return
        if "lock" not in connection.info:
            _acquire(lock, busy)
            connection.info["lock"] = lock
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def _checkin(connection: Any, record: Any) -> None:
        # Only here is the COMMIT on disk; letting go earlier would make the next writer poll.
        held = record.info.pop("lock", None)
        if held is not None:
            held.release()


def _acquire(lock: threading.Lock, busy: float) -> None:
    if not lock.acquire(timeout=busy):
        raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked"))
