"""Run migrations on the application's database, each upgrade in one transaction."""

from contextlib import contextmanager

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


@contextmanager
def _unwatched(connection):
    """Without foreign keys on SQLite: dropping the old copy of a table would take along whatever
    refers to it. They cannot be switched inside a transaction; what is broken stops the upgrade."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def run() -> None:
    with db.engine.connect() as connection, _unwatched(connection):
        if connection.dialect.name == "postgresql":
            # What is right for a page is too short for the rebuilding of a large table.
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.commit()
        # SQLite's own ALTER TABLE can do little: tables are copied instead.
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            # Alembic believes that SQLite cannot roll back a CREATE; as it is opened here, it can.
            transactional_ddl=True,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise ValueError(f"the migration leaves rows that point nowhere: {broken}")


run()
