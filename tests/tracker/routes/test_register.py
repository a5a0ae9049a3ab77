"""Registering through the page: what is asked, what is refused, what an account begins with."""

from __future__ import annotations

import pytest

from tests.factories import saved
from tracker import users
from tracker.db import db, writing

NEW = "seven green turtles walk north"


@pytest.fixture
def learner(app):
    return saved(app, email="ada@example.org", is_owner=True)


def everybody(app):
    with app.app_context():
        return users.everybody()


def register(client, **values):
    data = {"name": "Grace", "email": "grace@example.org", "password": NEW, "zone": "Asia/Tokyo"}
    return client.post("/register", data=data | values)


def is_in(client):
    return client.get("/settings/").status_code == 200


def test_the_set_up_link_leads_to_the_owners_account(app, client):
    from tracker import setup

    link = setup.setup_link(app, "http://localhost")
    token = link.split("setup=")[1]
    assert token in client.get(link).text
    assert register(client).status_code == 422

    answer = register(client, setup=token)
    assert (answer.status_code, answer.location) == (303, "/paths/")
    (owner,) = everybody(app)
    assert owner.is_owner and owner.settings.zone == "Asia/Tokyo"
    assert is_in(client)


def test_a_passphrase_is_offered_ready_to_use(client, learner):
    page = client.get("/register").text
    phrase = client.get("/register/passphrase").text
    assert page.count("-") > 5 and 'id="words"' in page and 'id="words"' in phrase


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "Enter a name."),
        ({"name": "   "}, "Enter a name."),
        ({"name": "x" * 101}, "At most 100 characters."),
        ({"name": "Gr\x1bace"}, "Use letters, digits, spaces and signs only."),
        ({"name": "Grace\r\nBcc: x"}, "Use letters, digits, spaces and signs only."),
        ({"name": "\N{RIGHT-TO-LEFT OVERRIDE}ecarG"}, "Use letters"),
        ({"name": "Gr\0ace"}, "a character that no text may have"),
        ({"email": ""}, "Enter your e-mail address."),
        ({"email": "grace"}, "This is not an e-mail address."),
        ({"email": "a@b@c.org"}, "This is not an e-mail address."),
        ({"email": "x" * 250 + "@example.org"}, "At most 254 characters."),
        ({"email": "Ada@Example.org"}, "There is an account with this address."),
        ({"password": ""}, "Enter your password."),
        ({"password": "short"}, "At least 15 characters: 10 more"),
        ({"password": "passwordpassword"}, "among the first that would be tried"),
        ({"password": "grace@example.org"}, "among the first that would be tried"),
        ({"password": "x" * 1001}, "This is too long."),
        ({"password": "pass\0word" * 3}, "a character that no text may have"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_makes_nothing(app, client, learner, values, words):
    answer = register(client, **values)
    assert answer.status_code == 422
    assert words in answer.text
    assert [user.email for user in everybody(app)] == ["ada@example.org"]
    assert not is_in(client)


@pytest.mark.parametrize("missing", ["name", "email", "password"])
def test_a_missing_field_is_asked_for(app, client, learner, missing):
    data = {"name": "Grace", "email": "grace@example.org", "password": NEW}
    data.pop(missing)
    answer = client.post("/register", data=data)
    assert answer.status_code == 422 and "Enter " in answer.text


@pytest.mark.parametrize(
    "values", [{"zone": "Moon/Base"}, {"zone": "x" * 900}, {"setup": "x" * 900}]
)
def test_what_nobody_sees_in_a_form_stops_nobody(client, learner, values):
    assert register(client, **values).status_code == 303


def test_what_was_typed_is_still_there_but_not_the_password(client, learner):
    page = register(client, email="nonsense", name="Grace <b>Hopper</b>").text
    assert "Grace &lt;b&gt;Hopper" in page and 'value="nonsense"' in page
    assert NEW not in page


@pytest.mark.parametrize(
    "name", ["علی\N{ZERO WIDTH NON-JOINER}رضا", "Zoë 👩\N{ZERO WIDTH JOINER}🚀", "O'Brien"]
)
def test_people_have_all_kinds_of_names(app, client, learner, name):
    assert register(client, name=name).status_code == 303
    assert name in [user.name for user in everybody(app)]


def test_a_closed_place_says_so(app, client, learner):
    with app.app_context(), writing():
        users.set_open(False)
        db.session.commit()
    assert "closed" in client.get("/register").text
    answer = register(client)
    assert answer.status_code == 422 and "closed" in answer.text


EXTRA = {"is_owner": "1", "is_admin": "1", "id": "1", "user_id": "1", "theme": "dark", "due": "0",
         "password_hash": "x", "created_at": "0", "retention": "99"}  # fmt: skip


def test_fields_that_the_form_has_not_change_nothing(app, client, learner):
    register(client, **EXTRA)
    user = everybody(app)[1]
    assert (user.is_owner, user.theme, user.settings.retention) == (False, "system", 0.9)
    assert user.id != learner.id and user.password_hash != "x"


def test_white_space_around_an_address_is_cut_off(app, client, learner):
    assert register(client, email=" grace@example.org\n").status_code == 303
    assert everybody(app)[1].email == "grace@example.org"
