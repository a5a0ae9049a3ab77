"""The commands: what they print, and one clear line where something is wrong."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from tests.factories import answer, make_card, make_deck, make_user
from tracker import cli, users
from tracker.db import db, writing


@pytest.fixture
def run(database, tmp_path, monkeypatch):
    monkeypatch.setenv("PERENNIAL_DATABASE", database)
    monkeypatch.setenv("PERENNIAL_DATA", str(tmp_path))
    return lambda *words: CliRunner().invoke(cli.main, words)


@pytest.fixture
def learner(app, now):
    with app.app_context(), writing():
        user = make_user(email="ada@example.org", is_owner=True)
        answer(user, make_card(make_deck(1)), 3, now)
        db.session.commit()
    return user


def test_accounts_are_listed(run, learner):
    done = run("user", "list")
    assert (done.exit_code, done.output) == (0, f"{learner.id}\tada@example.org\tAda (owner)\n")


def test_a_forgotten_password_is_replaced(run, app, learner, now):
    phrase = run("user", "password", "Ada@example.org").output.strip()
    with app.app_context():
        assert users.authenticate("ada@example.org", phrase, "", now).id == learner.id


def test_an_unknown_account_is_named(run, learner):
    done = run("user", "password", "eve@example.org")
    assert done.exit_code == 1
    assert done.output == "Error: There is no account with the address eve@example.org.\n"


def test_check_says_that_all_is_well_or_what_is_not(run, app, learner):
    done = run("check")
    assert done.exit_code == 0
    assert done.output == "1 learners, 1 answers: every memory is what the log says.\n"

    with app.app_context(), writing():
        db.session.execute(text("UPDATE memories SET stability = 99"))
        db.session.commit()
    done = run("check")
    assert done.exit_code == 1 and "stability" in done.output and "1 faults." in done.output


@pytest.mark.parametrize("words", [("user", "list"), ("check",), ("user", "password", "a@b.org")])
def test_without_tables_the_next_step_is_named(tmp_path, monkeypatch, words):
    monkeypatch.setenv("PERENNIAL_DATA", str(tmp_path))
    done = CliRunner().invoke(cli.main, words)
    assert done.exit_code == 1 and "`perennial migrate`" in done.output
    assert "Traceback" not in done.output and done.output.startswith("Error: ")


def test_migrate_makes_the_tables(tmp_path, monkeypatch):
    monkeypatch.setenv("PERENNIAL_DATA", str(tmp_path))
    assert CliRunner().invoke(cli.main, ["migrate"]).exit_code == 0
    assert CliRunner().invoke(cli.main, ["user", "list"]).output == ""


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "short", "PERENNIAL_SECRET_KEY needs at least 32 characters"),
        ("PORT", "http", "PERENNIAL_PORT='http' is not a number"),
        ("DATA", "/dev/null/data", "/dev/null"),
        ("DATABASE", "mysql://x", "use sqlite or postgresql"),
        ("DATABASE", "postgresql://nobody@127.0.0.1:1/none", "The database cannot be used"),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path, monkeypatch, name, value, words):
    monkeypatch.setenv("PERENNIAL_DATA", str(tmp_path))
    monkeypatch.setenv(f"PERENNIAL_{name}", value)
    done = CliRunner().invoke(cli.main, ["serve"])
    assert done.exit_code == 1 and words in done.output
    assert isinstance(done.exception, SystemExit)
