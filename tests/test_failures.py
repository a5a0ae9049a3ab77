"""A full disk, a locked or lost database, too much at once: said clearly, and nothing half done."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest
from sqlalchemy import event, func, select, text

from cards import study
from cards.models import Memory, Review, StudyDay
from tests.factories import PASSWORD, enrol, make_card, make_deck, make_path, make_user, new_id
from tracker import db as floor
from tracker.app import create_app
from tracker.db import db, writing
from tracker.models import Session, User

# What does not depend on the database is looked at on one.
once = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def hasty(app, clock, tmp_path):
    """The application that waits a third of a second for the database."""
    made = create_app(
        {
            "DATABASE": app.config["DATABASE"],
            "DATA": tmp_path,
            "TESTING": True,
            "CLOCK": clock,
            "SECRET_KEY": "x" * 32,
            "WTF_CSRF_ENABLED": False,
            "BUSY_SECONDS": 0.3,
        }
    )
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def learner(app, now):
    with app.app_context(), writing():
        deck = make_deck(2)
        user = make_user(email="ada@example.org", is_owner=True)
        path = make_path([deck])
        enrol(user, path)
        study.start(user.settings, study.Scope("", "Today", (deck.id,), "/"), now)
        user.card, user.path = make_card(deck).id, path.id
        db.session.commit()
    return user


@pytest.fixture
def client(hasty, learner, login):
    return login(hasty.test_client(), learner)


def is_sqlite(app):
    return app.config["DATABASE"].startswith("sqlite")


def writes(learner):
    """Everything a learner stores: address, form, and what has to be as before if it fails."""
    answer = {"card": learner.card, "review": str(new_id()), "rating": "3", "duration": "900"}
    register = {"name": "Eve", "email": "eve@example.org", "password": "seven green turtles walk"}
    study = {"zone": "UTC", "rollover": "5", "retention": "80", "new_per_day": "1",
             "reviews_per_day": "9"}  # fmt: skip
    return [
        ("/review/answer", answer),
        ("/review/start", {"scope": f"path-{learner.path}"}),
        ("/review/mark", {"card": learner.card, "action": "suspend"}),
        ("/settings/theme", {"theme": "dark"}),
        ("/settings/study", study),
        ("/settings/account", {"name": "Eva", "email": "ada@example.org"}),
        ("/settings/password", {"current": PASSWORD, "password": "seven green turtles walk"}),
        ("/settings/delete", {"typed": "ada@example.org", "current": PASSWORD}),
        ("/settings/sessions/end", {}),
        ("/paths/path/leave", {}),
        ("/register", register),
        ("/login", {"email": "ada@example.org", "password": PASSWORD}),
        ("/login", {"email": "ada@example.org", "password": "wrong"}),
        ("/logout", {}),
    ]


def stored(app):
    """What the log, the learners and their sessions hold."""
    with app.app_context():
        counts = [
            db.session.scalar(select(func.count()).select_from(table))
            for table in (Review, Memory, StudyDay, Session, User)
        ]
        rows = db.session.execute(select(User.name, User.theme, User.password_hash)).all()
        return counts, rows


def unusable(answer, words):
    assert answer.status_code == 503, answer.request.path
    assert answer.headers["Retry-After"] == "5"
    assert words in answer.text
    assert "Nothing was lost or half done" in answer.text


def hold(app):
    """Another program that writes and does not finish; closing it lets go."""
    if is_sqlite(app):
        # Two SQLite libraries in one process would not see each other's locks.
        file = app.config["DATABASE"].removeprefix("sqlite:///")
        other = floor.driver().connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        return other
    address = app.config["DATABASE"].replace("postgresql+psycopg", "postgresql")
    other = psycopg.connect(address)
    tables = "study_days, users, sessions, login_failures, marks, enrolments, scheduler_settings"
    other.execute(f"LOCK TABLE {tables} IN SHARE MODE".encode())
    return other


def test_while_others_write_everything_says_so_and_nothing_is_half_done(hasty, client, learner):
    before = stored(hasty)
    with closing(hold(hasty)):
        for address, form in writes(learner):
            unusable(client.post(address, data=form), "Others are using it just now.")
        assert client.get("/settings/").status_code == 200
        assert client.get("/review/").status_code == 200
    assert stored(hasty) == before

    address, form = writes(learner)[0]
    assert client.post(address, data=form).status_code == 303
    assert stored(hasty)[0][0] == 1


def test_for_htmx_it_is_a_fragment(hasty, client, learner):
    address, form = writes(learner)[0]
    with closing(hold(hasty)):
        answer = client.post(address, data=form, headers={"HX-Request": "true"})
    unusable(answer, "Others are using it")
    assert answer.text.lstrip().startswith('<div id="error"')


@once
def test_on_a_full_disk_reading_goes_on_and_nothing_is_half_stored(hasty, client, learner):
    before, full = stored(hasty), True

    with hasty.app_context():
        db.session.remove()
        db.engine.dispose()

        @event.listens_for(db.engine, "connect")
        def fill(connection, record):
            if full:
                pages = connection.execute("PRAGMA page_count").fetchone()[0]
                connection.execute(f"PRAGMA max_page_count = {pages}")

    with_answers = 0
    for number in range(300):
        address = "/review/answer"
        form = {"card": learner.card, "review": str(new_id()), "rating": "3"}
        answer = client.post(address, data=form)
        if answer.status_code != 303:
            break
        with_answers = number + 1
    unusable(answer, "The disk is full, so nothing can be stored.")
    assert stored(hasty)[0][0] == with_answers
    assert client.get("/").status_code == 200
    with hasty.app_context():
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"

    full = False
    with hasty.app_context():
        db.session.remove()
        db.engine.dispose()
    assert client.post(address, data=form).status_code == 303
    assert stored(hasty)[0][0] == with_answers + 1
    assert stored(hasty)[1] == before[1]


class Gone:
    """The database is away between `leave` and `come_back`."""

    def __init__(self, app, folder):
        self.app, self.folder = app, folder

    def leave(self):
        if is_sqlite(self.app):
            with self.app.app_context():
                db.session.remove()
                db.engine.dispose()
            self.folder.rename(self.folder.with_name("away"))
        else:
            self._run("ALTER DATABASE {0} RENAME TO {0}_away")

    def come_back(self):
        if is_sqlite(self.app):
            self.folder.with_name("away").rename(self.folder)
        else:
            self._run("ALTER DATABASE {0}_away RENAME TO {0}")

    def _run(self, statement):
        address = self.app.config["DATABASE"].replace("postgresql+psycopg", "postgresql")
        name = address.split("?")[0].rsplit("/", 1)[1]
        admin = address.replace(f"/{name}?", "/postgres?")
        with closing(psycopg.connect(admin, autocommit=True)) as connection:
            connection.execute(
                b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [name],
            )
            connection.execute(statement.format(name).encode())


def test_a_lost_database_is_said_and_found_again_unaided(hasty, client, learner, tmp_path):
    assert client.get("/health").text == "ok\n"
    gone = Gone(hasty, tmp_path)
    gone.leave()
    try:
        for address in ("/", "/login", "/health", "/settings/", "/paths/", "/review/"):
            unusable(client.get(address), "It does not answer.")
        for address, form in writes(learner):
            unusable(client.post(address, data=form), "It does not answer.")
        assert client.get("/nowhere").status_code == 404
        with client.get("/static/app.css") as answer:
            assert answer.status_code == 200
    finally:
        gone.come_back()

    assert client.get("/health").text == "ok\n"
    assert client.get("/settings/").status_code == 200
    address, form = writes(learner)[0]
    assert client.post(address, data=form).status_code == 303


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ["reviews", "study_days"])
def test_a_connection_lost_in_an_answer_is_said_and_found_again(hasty, client, learner, table):
    lost = []

    def lose(connection, cursor, statement, *rest):
        if statement.startswith(f"INSERT INTO {table}") and not lost:
            lost.append(cursor.connection.info.backend_pid)
            with closing(psycopg.connect(cursor.connection.info.dsn, autocommit=True)) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", lost)

    with hasty.app_context():
        event.listen(db.engine, "after_cursor_execute", lose)
    before, (address, form) = stored(hasty), writes(learner)[0]
    unusable(client.post(address, data=form), "It does not answer.")
    assert stored(hasty) == before
    assert client.post(address, data=form).status_code == 303
    assert stored(hasty)[0][0] == 1


@once
@pytest.mark.parametrize(
    "form",
    [
        {"data": {"rating": "x" * 200_000}},
        {"data": "x" * 5_000_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": "x" * 5_000_000, "content_type": "application/octet-stream"},
        {"data": {f"field{n}": "x" for n in range(200)}, "content_type": "multipart/form-data"},
    ],
)
@pytest.mark.parametrize("address", ["/review/answer", "/settings/theme", "/login", "/register"])
def test_too_large_a_form_is_refused_whole(hasty, client, learner, address, form):
    before = stored(hasty)
    answer = client.post(address, **form)
    if form.get("content_type") == "application/octet-stream":
        assert answer.status_code in (413, 422)  # no form: nobody reads it
    else:
        assert answer.status_code == 413
        assert "too much at once" in answer.text and "at most 128 kB" in answer.text
    assert stored(hasty) == before


def test_two_clicks_at_once_are_one(hasty, learner, login):
    from threading import Barrier, Thread

    addresses = ["/paths/path/enrol", "/review/mark", "/review/start"]
    with hasty.app_context(), writing():
        db.session.execute(text("DELETE FROM enrolments"))
        db.session.commit()
    for address in addresses:
        start, answers = Barrier(4), []

        def click(address=address, start=start, answers=answers):
            client = login(hasty.test_client(), learner)
            start.wait()
            form = {"card": learner.card, "action": "flag"}
            answers.append(client.post(address, data=form).status_code)

        threads = [Thread(target=click) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(answers) <= {303, 503} and 303 in answers, (address, answers)
