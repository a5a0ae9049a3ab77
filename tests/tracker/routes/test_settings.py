"""Settings through the page: what is stored, what is refused and why, what else stays as it was."""

from __future__ import annotations

import re

import pytest

from tests.factories import PASSWORD, saved
from tracker import limits, sessions, users
from tracker.db import db, writing
from tracker.models import User

NEW = "seven green turtles walk north"
# What does not depend on the database is looked at on one.
once = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
STUDY = {"zone": "Europe/Berlin", "rollover": "5", "retention": "85", "new_per_day": "12",
         "reviews_per_day": "150"}  # fmt: skip


@pytest.fixture
def learner(app):
    return saved(app, email="ada@example.org", is_owner=True)


@pytest.fixture
def ada(client, login, learner):
    return login(client, learner)


def kept(app, learner):
    """What is stored of the learner: the account and how they study."""
    with app.app_context():
        user = db.session.get_one(User, learner.id)
        account = (user.name, user.email, user.theme, user.password_hash, user.is_owner)
        study = user.settings
        return account, (
            study.zone, study.rollover, study.retention, study.new_per_day, study.reviews_per_day,
        )  # fmt: skip


def shown(page):
    """A page as it reads, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize(("sent", "stored"), [("25", 25), ("", None)])
def test_the_minutes_of_a_day_may_be_limited(app, ada, learner, sent, stored):
    answer = ada.post("/settings/study", data=STUDY | {"minutes_per_day": sent})
    assert answer.status_code == 303
    with app.app_context():
        assert db.session.get_one(User, learner.id).settings.minutes_per_day == stored
    assert f'value="{sent}"' in ada.get("/settings/").text


@once
@pytest.mark.parametrize("sent", ["0", "601", "-5", "x", "1.5"])
def test_other_minutes_are_refused(app, ada, learner, sent):
    assert ada.post("/settings/study", data=STUDY | {"minutes_per_day": sent}).status_code == 422
    with app.app_context():
        assert db.session.get_one(User, learner.id).settings.minutes_per_day is None


def test_how_one_studies_is_stored(app, ada, learner):
    answer = ada.post("/settings/study", data=STUDY, follow_redirects=True)
    assert answer.status_code == 200 and "Saved." in answer.text
    assert kept(app, learner)[1] == ("Europe/Berlin", 5, 0.85, 12, 150)
    assert 'value="85"' in answer.text


@once
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("zone", "Moon/Base", "Not a valid choice"),
        ("zone", "", "time zone"),
        ("zone", None, "time zone"),
        ("zone", "../../etc/passwd", "Not a valid choice"),
        ("rollover", "", "Enter an hour."),
        ("rollover", None, "Enter an hour."),
        ("rollover", "-1", "An hour from 0 to 12."),
        ("rollover", "13", "An hour from 0 to 12."),
        ("rollover", "4.5", "Not a valid integer"),
        ("retention", "", "Enter a number."),
        ("retention", "69", "A number from 70 to 99."),
        ("retention", "69.999", "A number from 70 to 99."),
        ("retention", "100", "A number from 70 to 99."),
        ("retention", "99.01", "A number from 70 to 99."),
        ("retention", "NaN", "A number from 70 to 99."),
        ("retention", "sNaN", "A number from 70 to 99."),
        ("retention", "Infinity", "A number from 70 to 99."),
        ("retention", "1e999999", "A number from 70 to 99."),
        ("retention", "ninety", "Not a valid decimal"),
        ("new_per_day", "-1", "A number from 0 to 999."),
        ("new_per_day", "1000", "A number from 0 to 999."),
        ("new_per_day", "9" * 5000, "Not a valid integer"),
        ("reviews_per_day", "10000", "A number from 0 to 9999."),
        ("reviews_per_day", "", "Enter a number."),
        ("reviews_per_day", "1; DROP TABLE users", "Not a valid integer"),
    ],
)
def test_a_wrong_number_or_zone_is_named(app, ada, learner, name, value, words):
    before = kept(app, learner)
    data = {key: text for key, text in (STUDY | {name: value}).items() if text is not None}
    answer = ada.post("/settings/study", data=data)
    assert answer.status_code == 422
    assert words in shown(answer.text)
    assert kept(app, learner) == before
    if name != "new_per_day":
        assert 'value="12"' in answer.text  # what was typed is still there


@once
@pytest.mark.parametrize(("retention", "stored"), [("70", 0.70), ("99", 0.99), ("87.5", 0.875)])
def test_the_ends_of_desired_retention_are_taken(app, ada, learner, retention, stored):
    assert ada.post("/settings/study", data=STUDY | {"retention": retention}).status_code == 303
    assert kept(app, learner)[1][2] == stored
    assert ada.get("/settings/").status_code == 200


@once
@pytest.mark.parametrize("theme", ["system", "light", "dark"])
def test_a_theme_is_stored_and_shown(app, ada, learner, theme):
    page = ada.post("/settings/theme", data={"theme": theme}, follow_redirects=True).text
    assert kept(app, learner)[0][2] == theme and f'data-theme="{theme}"' in page


@once
@pytest.mark.parametrize("data", [{}, {"theme": ""}, {"theme": "pink"}, {"theme": "x" * 9000}])
def test_no_other_theme_is_stored(app, ada, learner, data):
    ada.post("/settings/theme", data={"theme": "dark"})
    assert ada.post("/settings/theme", data=data).status_code == 422
    assert kept(app, learner)[0][2] == "dark"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "Enter a name."),
        ({"name": " "}, "Enter a name."),
        ({"name": "x" * 101}, "At most 100 characters."),
        ({"name": "A\tB"}, "Use letters, digits, spaces and signs only."),
        ({"email": ""}, "Enter your e-mail address."),
        ({"email": "x"}, "This is not an e-mail address."),
        ({"email": "new@example.org"}, "This is not your password."),
        ({"email": "new@example.org", "current": "wrong"}, "This is not your password."),
        ({"email": "eve@example.org", "current": PASSWORD}, "Another account has this address."),
        ({"email": "new@example.org", "current": "x" * 2000}, "1000 characters"),
    ],
)
def test_a_wrong_account_form_says_so_and_changes_nothing(app, ada, learner, values, words):
    saved(app, email="eve@example.org")
    before = kept(app, learner)
    data = {"name": "Ada L.", "email": "ada@example.org", "current": ""} | values
    answer = ada.post("/settings/account", data=data)
    assert answer.status_code == 422 and words in shown(answer.text)
    assert kept(app, learner) == before


def test_name_and_address_change(app, ada, learner):
    data = {"name": "Ada L.", "email": "New@Example.org", "current": PASSWORD}
    assert ada.post("/settings/account", data=data).status_code == 303
    assert kept(app, learner)[0][:2] == ("Ada L.", "new@example.org")
    assert ada.get("/settings/").status_code == 200


@once
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"current": ""}, "Enter your password."),
        ({"current": "wrong"}, "This is not your password."),
        ({"password": ""}, "Enter your password."),
        ({"password": "short"}, "At least 15 characters: 10 more"),
        ({"password": "ada@example.org"}, "among the first that would be tried"),
        ({"password": "y" * 1001}, "This is too long."),
    ],
)
def test_a_wrong_password_form_says_so_and_ends_nothing(app, ada, learner, values, words):
    before = kept(app, learner)
    answer = ada.post("/settings/password", data={"current": PASSWORD, "password": NEW} | values)
    assert answer.status_code == 422 and words in shown(answer.text)
    assert NEW not in answer.text and PASSWORD not in answer.text
    assert kept(app, learner) == before
    assert ada.get("/settings/").status_code == 200


def test_a_changed_password_is_said_and_works_at_once(app, ada, learner):
    answer = ada.post(
        "/settings/password", data={"current": PASSWORD, "password": NEW}, follow_redirects=True
    )
    assert "Your password is changed. You are logged out everywhere else." in answer.text
    fresh = app.test_client()
    data = {"email": "ada@example.org", "password": NEW}
    assert fresh.post("/login", data=data).status_code == 303


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/settings/password", {"current": "wrong", "password": NEW}),
        ("/settings/delete", {"typed": "ada@example.org", "current": "wrong"}),
        ("/settings/account", {"name": "A", "email": "n@example.org", "current": "wrong"}),
    ],
)
def test_guessing_the_password_from_inside_is_limited_too(ada, address, data):
    for _ in range(limits.PER_ACCOUNT_AND_ADDRESS):
        assert ada.post(address, data=data).status_code == 422
    answer = ada.post(address, data=data | {"current": PASSWORD})
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "900"
    assert "Too many tries" in answer.text and "<form" in answer.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Type your e-mail address."),
        ({"typed": "", "current": PASSWORD}, "Type your e-mail address."),
        ({"typed": "delete", "current": PASSWORD}, "Type your e-mail address exactly"),
        ({"typed": "ada@example.org", "current": ""}, "Enter your password."),
        ({"typed": "ada@example.org", "current": "wrong"}, "This is not your password."),
    ],
)
def test_an_account_is_not_deleted_by_accident(app, ada, learner, data, words):
    answer = ada.post("/settings/delete", data=data)
    assert answer.status_code == 422 and words in shown(answer.text)
    assert kept(app, learner)


def test_a_deleted_account_is_gone(app, ada, learner):
    data = {"typed": " ADA@example.org ", "current": PASSWORD}
    answer = ada.post("/settings/delete", data=data)
    assert (answer.status_code, answer.location) == (303, "/")
    assert answer.headers["Clear-Site-Data"]
    with app.app_context():
        assert users.everybody() == []
    assert ada.get("/settings/").status_code == 303


def start_elsewhere(app, learner, clock, **values):
    values = {"remember": True, "agent": "Lynx <b>", "address": "192.0.2.9"} | values
    with app.app_context(), writing():
        user = db.session.get_one(User, learner.id)
        cookie = sessions.start(user, clock(), **values)
        db.session.commit()
    return cookie, sessions.hashed(cookie.split(".")[1])[:16]


def test_one_sees_where_one_is_logged_in_and_ends_it(app, ada, learner, clock):
    cookie, name = start_elsewhere(app, learner, clock)
    page = ada.get("/settings/").text
    assert "Lynx &lt;b&gt;" in page and "192.0.2.9" in page and "this one" in page
    assert cookie not in page and cookie.split(".")[1] not in page

    assert ada.post(f"/settings/sessions/{name}/end").status_code == 303
    assert "Lynx" not in ada.get("/settings/").text
    assert ada.post(f"/settings/sessions/{name}/end").status_code == 404


def test_ending_the_session_one_is_in_logs_out(app, ada, learner, clock):
    cookie = ada.get_cookie("perennial").value
    name = sessions.hashed(cookie.split(".")[1])[:16]
    answer = ada.post(f"/settings/sessions/{name}/end")
    assert answer.location == "/" and ada.get_cookie("perennial") is None


def test_the_owner_closes_and_opens_registration(app, ada):
    page = ada.post("/settings/registration", data={}, follow_redirects=True).text
    assert "Registration is closed." in page
    assert "closed" in app.test_client().get("/register").text
    page = ada.post("/settings/registration", data={"open": "y"}, follow_redirects=True).text
    assert "Others may register." in page
    assert "closed" not in app.test_client().get("/register").text


def test_another_learner_neither_sees_nor_turns_that_switch(app, client, login, learner):
    login(client, saved(app, email="eve@example.org"))
    assert "/settings/registration" not in client.get("/settings/").text
    assert client.post("/settings/registration", data={}).status_code == 404
    assert "closed" not in app.test_client().get("/register").text


EXTRA = {"user_id": "1", "id": "1", "is_owner": "", "is_admin": "1", "password_hash": "x",
         "created_at": "0", "due": "0", "parameters": "[1]", "settings": "x"}  # fmt: skip


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/settings/study", STUDY),
        ("/settings/theme", {"theme": "dark"}),
        ("/settings/account", {"name": "Eve", "email": "eve@example.org"}),
    ],
)
def test_fields_that_a_form_has_not_change_nothing(app, client, login, learner, address, data):
    before = kept(app, learner)
    eve = saved(app, email="eve@example.org")
    login(client, eve)
    extra = EXTRA | {"user_id": str(learner.id), "is_owner": "1"}
    assert client.post(address, data=extra | data).status_code == 303
    assert kept(app, learner) == before
    account, _ = kept(app, eve)
    assert account[4] is False and account[3] == eve.password_hash
    with app.app_context():
        assert db.session.get_one(User, eve.id).settings.parameters is None
