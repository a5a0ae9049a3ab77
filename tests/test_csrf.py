"""No other site can act in a learner's name, and looking at pages changes nothing."""

from __future__ import annotations

import re

import pytest

from tests.factories import PASSWORD, enrol, make_deck, make_path, make_user
from tracker.app import create_app
from tracker.db import Model, db, writing

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# What does not depend on the database is looked at on one.
once = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def guarded(app, clock, tmp_path):
    """The same application with the form tokens that most tests go without."""
    made = create_app(
        {
            "DATABASE": app.config["DATABASE"],
            "DATA": tmp_path,
            "TESTING": True,
            "CLOCK": clock,
            "SECRET_KEY": "x" * 32,
        }
    )
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        user = make_user(is_owner=True)
        enrol(user, make_path([make_deck(2)]))
        db.session.commit()
    return user


def addresses(app, methods):
    """Every route with one of the methods, its parts filled with something that exists."""
    known = {"slug": "path", "path": "path", "namespace": "path", "name": "x", "number": "1"}
    known |= dict.fromkeys(("certificate", "check"), "00000000-0000-0000-0000-000000000001")
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            for method in sorted(rule.methods & methods):
                values = {name: known.get(name, "app.css") for name in rule.arguments}
                yield method, rule.build(values)[1]


def token(client, page="/settings/"):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)[1]


def content(app):
    """Every row of every table."""
    with app.app_context():
        tables = Model.metadata.sorted_tables
        return {
            table.name: sorted(map(repr, db.session.execute(table.select()))) for table in tables
        }


HOSTILE = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "another part of the site": {"Sec-Fetch-Site": "same-site"},
    "nonsense": {"Sec-Fetch-Site": "SAME-ORIGIN"},
    "an old browser on another site": {"Origin": "https://evil.example"},
    "a sandbox": {"Origin": "null"},
    "another port": {"Origin": "http://localhost:81"},
    "another scheme": {"Origin": "https://localhost"},
    "a name like ours": {"Origin": "http://localhost.evil.example"},
}


@once
@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE)
def test_no_other_site_can_send_a_form_even_with_a_right_token(guarded, learner, login, sent):
    client = login(guarded.test_client(), learner)
    right, before = token(client), content(guarded)
    tried = list(addresses(guarded, UNSAFE))
    for method, address in tried:
        answer = client.open(address, method=method, data={"csrf_token": right}, headers=sent)
        assert answer.status_code == 403, (method, address)
        assert "another site" in answer.text
    assert len(tried) >= 18
    assert content(guarded) == before


@once
@pytest.mark.parametrize("sent", ["", "x", None, "stranger", "old"])
def test_a_wrong_or_missing_token_is_an_expired_form(guarded, learner, login, sent):
    client = login(guarded.test_client(), learner)
    token(client)
    if sent == "stranger":
        sent = token(guarded.test_client(), "/login")
    if sent == "old":
        sent = token(client)
        client.delete_cookie(guarded.config["SESSION_COOKIE_NAME"])
    before = content(guarded)
    for method, address in addresses(guarded, UNSAFE):
        data = {} if sent is None else {"csrf_token": sent}
        answer = client.open(address, method=method, data=data)
        assert answer.status_code == 403, (method, address)
        assert "expired" in answer.text and "Reload the page" in answer.text
    assert content(guarded) == before


@once
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
    ],
)
def test_the_own_form_is_taken(guarded, learner, login, sent):
    client = login(guarded.test_client(), learner)
    data = {"csrf_token": token(client), "theme": "dark"}
    assert client.post("/settings/theme", data=data, headers=sent).status_code == 303


def test_htmx_sends_the_token_too(guarded, learner, login):
    client = login(guarded.test_client(), learner)
    answer = client.post("/settings/theme", data={"theme": "dark"}, headers={"HX-Request": "true"})
    assert answer.status_code == 403 and 'id="error"' in answer.text


def test_a_form_from_before_logging_in_is_worth_nothing_after(guarded, learner):
    client = guarded.test_client()
    before = token(client, "/login")
    data = {"csrf_token": before, "email": learner.email, "password": PASSWORD}
    assert client.post("/login", data=data).status_code == 303
    data = {"csrf_token": before, "theme": "dark"}
    assert client.post("/settings/theme", data=data).status_code == 403


def test_behind_a_proxy_that_speaks_https_the_public_address_is_ours(guarded, learner, login):
    guarded.config["BASE_URL"] = "https://learn.example.org"
    client = login(guarded.test_client(), learner)
    data = {"csrf_token": token(client), "theme": "dark"}
    sent = {"Origin": "https://learn.example.org"}
    assert client.post("/settings/theme", data=data, headers=sent).status_code == 303


@pytest.mark.parametrize("who", ["anonymous", "learner"])
def test_looking_changes_nothing(guarded, learner, login, clock, who):
    client = guarded.test_client()
    if who == "learner":
        login(client, learner)
    before = content(guarded)
    clock.move(hours=5)
    tried = list(addresses(guarded, {"GET", "HEAD", "OPTIONS"}))
    for method, address in tried:
        for query in ("", "?scope=path-1&setup=x&next=/&q=x&action=flag&card=1"):
            with client.open(address + query, method=method) as answer:
                assert answer.status_code < 500, (method, address, query)
    assert len(tried) >= 30
    assert content(guarded) == before
