"""Migrations: equal to the models, down and up with data, all or nothing."""

from __future__ import annotations

from shutil import copytree, ignore_patterns

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, event, func, inspect, select

from tests.factories import answer, enrol, make_card, make_deck, make_path, make_user
from tracker.app import folder
from tracker.db import Model, db, writing
from tracker.models import User


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


def revisions():
    found = ScriptDirectory(str(folder("migrations"))).walk_revisions()
    return [script.revision for script in found]


def tables():
    db.session.remove()
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def shape():
    """Every table with its columns, keys and indexes."""
    db.session.remove()
    found = inspect(db.engine)
    return {name: table(found, name) for name in sorted(tables())}


def table(found, name):
    columns = [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)]
    indexes = [(i["name"], i["column_names"], i["unique"]) for i in found.get_indexes(name)]
    foreign = sorted(map(str, found.get_foreign_keys(name)))
    unique = sorted(str(u["column_names"]) for u in found.get_unique_constraints(name))
    key = found.get_pk_constraint(name)["constrained_columns"]
    return columns, sorted(map(str, indexes)), foreign, unique, key


def fill(now):
    with writing():
        deck = make_deck(2)
        user = make_user()
        enrol(user, make_path([deck]))
        answer(user, make_card(deck), 3, now)
        db.session.commit()


def counts():
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in Model.metadata.sorted_tables
    }


def test_migrated_tables_are_the_models():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def test_there_is_one_line_of_migrations():
    assert len(ScriptDirectory(str(folder("migrations"))).get_heads()) == 1


def test_upgrading_twice_changes_nothing(now):
    fill(now)
    before = counts(), shape()
    db.session.remove()
    upgrade()
    assert (counts(), shape()) == before


def test_every_migration_goes_down_and_up_with_data(now):
    fill(now)
    whole = shape()
    for _ in revisions():
        db.session.remove()
        downgrade()
    assert tables() == set()

    upgrade()
    assert shape() == whole
    fill(now)
    assert counts()["reviews"] == 1


@pytest.mark.parametrize("place", [1, 7, 20, 33])
def test_a_migration_that_dies_half_way_leaves_what_was_before(now, place):
    downgrade(revision="base")
    assert tables() == set()
    made = 0

    def die(connection, cursor, statement, *rest):
        nonlocal made
        made += statement.lstrip().startswith("CREATE")
        if made == place:
            raise OSError("the power went out")

    event.listen(db.engine, "before_cursor_execute", die)
    with pytest.raises(OSError, match="power"):
        upgrade()
    event.remove(db.engine, "before_cursor_execute", die)
    assert tables() == set()

    upgrade()
    fill(now)
    assert counts()["users"] == 1


REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "rebuild", "{head}", None, None


def upgrade():
    with op.batch_alter_table("users", recreate="{recreate}") as batch:
        batch.alter_column("name", type_=sa.String(120))
"""


def test_rebuilding_a_table_keeps_what_refers_to_it(now, app, tmp_path):
    fill(now)
    before = counts()
    copy = tmp_path / "migrations"
    copytree(folder("migrations"), copy, ignore=ignore_patterns("__pycache__"))
    (head,) = ScriptDirectory(str(copy)).get_heads()
    recreate = "always" if db.engine.dialect.name == "sqlite" else "auto"
    text = REBUILD.format(head=head, recreate=recreate)
    (copy / "versions" / "rebuild.py").write_text(text)

    db.session.remove()
    upgrade(directory=str(copy))
    assert counts() == before and before["reviews"] == 1
    db.session.execute(delete(User))  # foreign keys are watched again
    assert counts()["reviews"] == 0


def test_learner_data_begins_with_the_learner_and_goes_with_them():
    for table in Model.metadata.sorted_tables:
        if "user_id" not in table.columns:
            continue
        assert list(table.primary_key.columns)[0].name == "user_id", table.name
        (key,) = table.columns["user_id"].foreign_keys
        assert key.column.table.name == "users" and key.ondelete == "CASCADE", table.name
