"""Run migrations on the application's database, each upgrade in one transaction."""

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def run() -> None:
    with db.engine.connect() as connection:
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
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
