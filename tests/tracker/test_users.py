"""Accounts: the first is the owner's, addresses are unique, deleting leaves nothing behind."""

from __future__ import annotations

import threading
import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from cards.models import Card, Deck
from tests.factories import PASSWORD, answer, enrol, make_deck, make_path, make_user, new_id
from tracker import limits, passwords, sessions, users
from tracker.db import Model, UtcDateTime, db, writing
from tracker.errors import Refused, TooMany
from tracker.models import Achievement, LoginFailure, User

HERE = "192.0.2.1"


@pytest.fixture
def here(app):
    with app.app_context(), writing():
        yield


@pytest.fixture
def learner(here):
    return saved(make_user(email="ada@example.org", name="Ada"))


def saved(user):
    db.session.commit()
    return user


def register(email, now, **values):
    values = {"setup": "", "zone": "Europe/Berlin", "name": "Grace"} | values
    name, zone = values.pop("name"), values.pop("zone")
    return saved(users.register(name, email, PASSWORD, zone, now, **values))


@contextmanager
def recorded():
    """The SQL of every statement inside the block."""
    said = []

    def add(connection, cursor, statement, *rest):
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", add)
    yield said
    event.remove(db.engine, "before_cursor_execute", add)


def refused(call, *arguments, **values):
    with pytest.raises(Refused) as error:
        call(*arguments, **values)
    return error.value


# Logging in.


def test_the_right_password_finds_the_learner(learner, now):
    assert users.authenticate(" ADA@example.org", PASSWORD, HERE, now).id == learner.id


def test_the_answer_is_the_same_for_a_wrong_password_and_an_unknown_address(learner, now):
    wrong = refused(users.authenticate, "ada@example.org", PASSWORD + "x", HERE, now)
    unknown = refused(users.authenticate, "eve@example.org", PASSWORD, HERE, now)
    assert (wrong.message, wrong.field) == (unknown.message, unknown.field)


def test_the_work_is_the_same_for_a_wrong_password_and_an_unknown_address(app, here, now):
    """Counted, not timed: as many statements, and one hash each at the same cost."""
    make_user(email="ada@example.org", password_hash=passwords.hashed(PASSWORD))
    db.session.commit()
    statements = {}
    for email in ("ada@example.org", "eve@example.org"):
        db.session.rollback()
        with recorded() as statements[email]:
            refused(users.authenticate, email, "wrong password, wrong", HERE, now)
            db.session.commit()
    known, unknown = statements.values()
    assert known == unknown and len(known) > 5
    stored = users.by_email("ada@example.org").password_hash
    assert stored.split("$")[:4] == passwords._nobody().split("$")[:4]


def test_too_many_tries_are_stopped_even_with_the_right_password(learner, now):
    for _ in range(limits.PER_ACCOUNT_AND_ADDRESS):
        refused(users.authenticate, "ada@example.org", "wrong", HERE, now)
        db.session.commit()
    with pytest.raises(TooMany):
        users.authenticate("ada@example.org", PASSWORD, HERE, now)


def test_tries_at_the_same_moment_are_counted_one_by_one(app, database, now):
    """Thirty at once, of which at most ten may learn whether the password is right."""
    with app.app_context(), writing():
        saved(make_user(email="ada@example.org"))
    answers = []

    def run():
        for _ in range(5):
            with app.app_context():
                try:
                    users.authenticate("ada@example.org", "wrong", HERE, now)
                except (Refused, TooMany) as error:
                    answers.append(type(error))
                    db.session.commit()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 30
    # PostgreSQL lets writers pass each other: a few more may slip through together.
    more = 0 if database.startswith("sqlite") else 6
    assert answers.count(Refused) <= limits.PER_ACCOUNT_AND_ADDRESS + more


# Changing.


def test_a_new_password_needs_the_old_one_and_ends_every_session(learner, now):
    new = "a brand new long password"
    cookie = sessions.start(learner, now, remember=True, agent="", address="")
    db.session.commit()
    error = refused(users.change_password, learner, "wrong", new, HERE, now)
    assert error.field == "current" and sessions.find(cookie, now)
    db.session.commit()

    users.change_password(learner, PASSWORD, new, HERE, now)
    db.session.commit()
    assert sessions.find(cookie, now) is None
    assert users.authenticate("ada@example.org", new, HERE, now)
    refused(users.authenticate, "ada@example.org", PASSWORD, HERE, now)


def test_the_name_changes_without_the_password_and_the_address_does_not(learner, now):
    users.change_account(learner, " Ada L. ", "ADA@example.org", "", HERE, now)
    db.session.commit()
    assert db.session.get(User, learner.id).name == "Ada L."

    error = refused(users.change_account, learner, "Ada", "b@example.org", "", HERE, now)
    assert error.field == "current"
    assert users.by_email("b@example.org") is None


def test_an_address_that_somebody_else_has_is_refused(learner, now):
    saved(make_user(email="grace@example.org"))
    error = refused(users.change_account, learner, "Ada", "grace@example.org", PASSWORD, HERE, now)
    assert error.field == "email"
    db.session.rollback()
    assert db.session.get(User, learner.id).email == "ada@example.org"


# Deleting.


@pytest.mark.parametrize(
    ("typed", "current", "field"),
    [
        ("", PASSWORD, "typed"),
        ("delete", PASSWORD, "typed"),
        ("ada@example.com", PASSWORD, "typed"),
        ("ada@example.org", "", "current"),
        ("ada@example.org", "wrong", "current"),
    ],
)
def test_deleting_wants_the_address_and_the_password(learner, now, typed, current, field):
    assert refused(users.delete, learner, typed, current, HERE, now).field == field
    db.session.commit()
    assert db.session.get(User, learner.id)


def test_the_owner_stays_while_others_are_here(here, now):
    owner = saved(make_user(email="ada@example.org", is_owner=True))
    other = saved(make_user())
    assert "owner" in refused(users.delete, owner, owner.email, PASSWORD, HERE, now).message

    users.delete(other, other.email, PASSWORD, HERE, now)
    db.session.commit()
    users.delete(owner, "ada@example.org", PASSWORD, HERE, now)
    db.session.commit()
    assert not users.has_owner()


def everything_of(user, path, now):
    """A row of this learner in every table that has their number, also in one made tomorrow."""
    enrol(user, path)
    answer(user, db.session.scalars(select(Card)).first(), 3, now)
    db.session.add(Deck(owner_id=user.id, name="My own"))
    sessions.start(user, now, remember=True, agent="", address=HERE)
    limits.failed(user.email, "198.51.100.7", now)
    db.session.flush()
    for table in Model.metadata.sorted_tables:
        if "user_id" in table.c and not rows_of(user.id)[f"{table.name}.user_id"]:
            row = {column.name: something(column, user, now) for column in table.columns}
            db.session.execute(table.insert().values(row))
    db.session.commit()


def something(column, user, now):
    """A value that the column can hold."""
    if column.name == "list_index":
        return user.id  # no two credentials have the same place
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return (
            user.id if key.column.table.name == "users" else db.session.scalar(select(key.column))
        )
    if isinstance(column.type, UtcDateTime):
        return now
    kinds = {int: 1, float: 0.5, str: "x", bool: True, dict: {}, object: {}, bytes: b"x"}
    kind = column.type.python_type
    return new_id() if kind is uuid.UUID else kinds[kind]


def rows_of(user_id):
    """How many rows each table has of a learner."""
    found = {}
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if column.name in ("user_id", "owner_id") or (table.name, column.name) == (
                "users",
                "id",
            ):
                count = select(func.count()).select_from(table).where(column == user_id)
                found[f"{table.name}.{column.name}"] = db.session.scalar(count)
    return found


def test_deleting_leaves_nothing_of_a_learner_and_everything_of_the_others(learner, now):
    path = make_path([make_deck(2)])
    other = make_user()
    words = dict.fromkeys(("path_slug", "slug", "version", "title", "path_title"), "x")
    db.session.add(Achievement(kind="skill", description="x", criteria="x", made_at=now, **words))
    db.session.flush()
    for user in (learner, other):
        everything_of(user, path, now)
    number, email, others = learner.id, learner.email, other.id
    before = rows_of(others)
    assert all(rows_of(number).values()), "a table with user_id was left out of this test"
    assert len(before) >= 10

    users.delete(learner, email, PASSWORD, HERE, now)
    db.session.commit()
    db.session.expunge_all()

    assert set(rows_of(number).values()) == {0}
    assert rows_of(others) == before
    failures = select(LoginFailure).where(LoginFailure.account == limits.account_name(email))
    assert db.session.scalars(failures).all() == []


def test_a_forgotten_password_is_replaced_by_a_passphrase(learner, now):
    cookie = sessions.start(learner, now, remember=True, agent="", address="")
    phrase = users.reset_password(" ADA@example.org ")
    db.session.commit()

    assert sessions.find(cookie, now) is None
    assert users.authenticate("ada@example.org", phrase, HERE, now)
    assert "no account" in refused(users.reset_password, "eve@example.org").message
