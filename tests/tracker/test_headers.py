"""The headers of every answer: each route, each error, each kind of file."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import make_user
from tracker import headers
from tracker.app import create_app
from tracker.db import db, writing

WANTED = set(headers.HEADERS) | {"Content-Security-Policy", "Cache-Control"}
# What does not depend on the database is looked at on one.
once = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        user = make_user()
        db.session.commit()
    return user


def filled(app: Flask):
    """Every route once, its parts filled with something."""
    for rule in app.url_map.iter_rules():
        known = {"filename": "app.css", "number": "1"}
        values = {name: known.get(name, "x") for name in rule.arguments}
        with app.test_request_context():
            yield rule, rule.build(values)[1]


def check(response):
    response.close()
    missing = WANTED - set(response.headers.keys())
    assert missing == set(), f"{response.request.method} {response.request.path}: {missing}"
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    if "sandbox" not in policy:
        assert "unsafe" not in policy and "*" not in policy


def test_every_route_has_them(app, client, learner, login):
    for method in ("get", "post", "head", "options", "delete"):
        for _, address in filled(app):
            check(getattr(client, method)(address))
    login(client, learner)
    for _, address in filled(app):
        check(client.get(address))


@once
@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize(
    ("status", "call"),
    [
        (404, lambda client, **more: client.get("/nowhere", **more)),
        (404, lambda client, **more: client.get("/static/nowhere.css", **more)),
        (405, lambda client, **more: client.get("/logout", **more)),
        (405, lambda client, **more: client.delete("/", **more)),
        (413, lambda client, **more: client.post("/login", data={"email": "x" * 300_000}, **more)),
        (422, lambda client, **more: client.post("/login", data={}, **more)),
        (422, lambda client, **more: client.get("/paths/?q=%00", **more)),
        (404, lambda client, **more: client.get("/paths/%00", **more)),
    ],
)
def test_every_error_has_them(client, status, call, htmx):
    response = call(client, headers=htmx)
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    check(response)


def test_a_broken_page_has_them_and_tells_nothing_of_the_inside(app, caplog):
    @app.get("/broken")
    def broken():
        raise RuntimeError("the secret inside")

    response = app.test_client().get("/broken")
    assert response.status_code == 500
    assert "secret inside" not in response.text
    assert "written to the server" in response.text
    assert "the secret inside" in caplog.text
    check(response)


def test_an_answer_that_came_too_late_says_what_is_allowed(client):
    assert set(client.get("/logout").headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_files_are_kept_for_a_year_and_pages_not_at_all(client):
    with client.get("/static/app.css") as response:
        assert "max-age=31536000" in response.headers["Cache-Control"]
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Vary"].count("HX-Request") == 1


HOSTS = ["evil.example", "learn.example.org.evil.example", "evil.example:443", "x@evil.example", ""]


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The application at an address, without tables."""
    made = []

    def make(**values):
        data = tmp_path_factory.mktemp("data")
        file = f"sqlite:///{data}/bare.db"
        made.append(create_app({"DATABASE": file, "DATA": data, "SECRET_KEY": "x" * 32} | values))
        return made[-1].test_client()

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def public(bare):
    """Behind one proxy, at a public address."""
    return bare(BASE_URL="https://learn.example.org", PROXIES=1)


def test_only_an_https_address_asks_for_https_for_a_year(bare, public):
    assert "Strict-Transport-Security" not in bare().get("/health").headers
    response = public.get("/health", base_url="https://learn.example.org")
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/login", "/nowhere", "/static/app.css"])
def test_a_foreign_host_is_refused(public, host, path):
    for sent in ({"Host": host}, {"X-Forwarded-Host": host or "evil.example"}):
        response = public.get(path, headers=sent)
        assert response.status_code == 400
        assert "evil" not in response.text
        check(response)


@pytest.mark.parametrize("host", ["learn.example.org", "learn.example.org:443", "localhost:8000"])
def test_the_own_host_and_this_machine_are_answered(public, host):
    assert public.get("/health", headers={"Host": host}).status_code == 200


FORGED = [
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Prefix": "/evil"},
    {"X-Forwarded-Port": "81"},
    {"X-Forwarded-Server": "evil.example"},
    {"Forwarded": "for=203.0.113.9;host=evil.example;proto=https"},
    {"X-Real-IP": "203.0.113.9"},
    {"X-Host": "evil.example"},
    {"X-Original-URL": "/settings/"},
    {"X-Rewrite-URL": "/settings/"},
    {"X-HTTP-Method-Override": "POST"},
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda forged: next(iter(forged)))
def test_proxy_headers_are_not_believed_unless_there_are_proxies(bare, forged):
    client = bare()

    @client.application.get("/seen")
    def seen():
        from flask import request

        return f"{request.method} {request.url} {request.remote_addr} {request.script_root}"

    assert client.get("/seen", headers=forged).text == client.get("/seen").text
