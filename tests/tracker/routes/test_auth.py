"""Log in and out through the pages: what a browser sends and what it gets."""

from __future__ import annotations

import re
import uuid

import pytest

from tests.factories import PASSWORD, saved
from tracker import limits, sessions, users
from tracker.app import create_app
from tracker.db import db, writing
from tracker.models import LoginFailure, Session

NEW = "seven green turtles walk north"


@pytest.fixture
def learner(app):
    return saved(app, email="ada@example.org")


def register(client, **values):
    data = {"name": "Grace", "email": "grace@example.org", "password": NEW, "zone": "Asia/Tokyo"}
    return client.post("/register", data=data | values)


def log_in(client, email="ada@example.org", password=PASSWORD, **values):
    return client.post("/login", data={"email": email, "password": password} | values)


def is_in(client):
    return client.get("/settings/").status_code == 200


# Logging in.


def test_a_session_without_remember_me_ends_with_the_browser(app, client, learner, clock):
    answer = log_in(client)
    cookie = client.get_cookie("perennial")
    assert (answer.status_code, answer.location) == (303, "/")
    assert cookie.max_age is None and cookie.http_only and cookie.same_site == "Lax"
    assert is_in(client)
    clock.move(days=1)
    assert not is_in(client)


def test_remember_me_keeps_one_logged_in(app, client, learner, clock):
    log_in(client, remember="y")
    assert client.get_cookie("perennial").max_age == sessions.LONGEST.total_seconds()
    for _ in range(4):
        clock.move(days=80)
        assert client.post("/settings/theme", data={"theme": "dark"}).status_code == 303
    assert is_in(client)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"email": ""}, "Enter your e-mail address."),
        ({"email": "ada"}, "This is not an e-mail address."),
        ({"password": ""}, "Enter your password."),
        ({"password": "wrong"}, "do not belong together"),
        ({"password": PASSWORD.upper()}, "do not belong together"),
        ({"password": PASSWORD + " "}, "do not belong together"),
        ({"email": "eve@example.org"}, "do not belong together"),
        ({"email": "ada@example.org' OR 1=1 --"}, "not an e-mail address"),
        ({"email": "ada\0@example.org"}, "a character that no text may have"),
    ],
)
def test_who_is_wrong_stays_out_and_reads_why(client, learner, values, words):
    answer = log_in(client, **values)
    assert answer.status_code == 422 and words in answer.text
    assert not is_in(client) and client.get_cookie("perennial") is None


def test_the_page_is_the_same_for_a_known_and_an_unknown_address(client, learner):
    pages = [log_in(client, email, "wrong password") for email in ("ada@x.org", "ada@example.org")]
    known, unknown = (
        re.sub(r'csrf_token" value="[^"]+"', "", page.text.replace("ada@example.org", "ada@x.org"))
        for page in pages
    )
    assert known == unknown


def test_after_ten_tries_one_has_to_wait_and_reads_how_long(client, learner, clock):
    for _ in range(limits.PER_ACCOUNT_AND_ADDRESS):
        assert log_in(client, password="wrong").status_code == 422
    answer = log_in(client)
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "900"
    assert "Too many tries. Try again in 15 minutes." in answer.text

    clock.move(seconds=900)
    assert log_in(client).status_code == 303


def test_a_stranger_cannot_lock_a_learner_out(app, client, learner, clock):
    log_in(client)
    client.post("/logout")
    rows = [
        LoginFailure(at=clock(), account=limits.account_name(email), address=address)
        for address in ("127.0.0.1", "stranger")
        for email in ("ada@example.org", "other")
        for _ in range(400)
    ]
    with app.app_context(), writing():
        db.session.add_all(rows)
        db.session.commit()

    assert log_in(app.test_client()).status_code == 429
    assert log_in(client).status_code == 303


def test_a_browser_is_known_to_its_own_account_only_and_cannot_be_made_up(app, client, learner):
    from tracker.routes import auth

    log_in(client)
    cookie = client.get_cookie("perennial_browser").value
    # Not the last letter: two of its bits are padding, and other letters may mean the same.
    forged = cookie[:-9] + ("A" if cookie[-9] != "A" else "B") + cookie[-8:]
    for email, sent, known in [
        (" ADA@example.org", cookie, True),
        ("eve@example.org", cookie, False),
        ("ada@example.org", forged, False),
        ("ada@example.org", "", False),
    ]:
        header = {"Cookie": f"perennial_browser={sent}"}
        with app.test_request_context(headers=header):
            assert bool(auth.known_browser(email)) is known


def test_a_new_log_in_gives_a_new_secret_and_ends_the_old_one(app, client, learner):
    log_in(client)
    old = client.get_cookie("perennial").value
    log_in(client)
    assert client.get_cookie("perennial").value != old

    other = app.test_client()
    other.set_cookie("perennial", old)
    assert not is_in(other)
    with app.app_context():
        assert db.session.query(Session).count() == 1


def test_a_cookie_that_somebody_planted_is_not_taken_over(app, client, learner):
    client.set_cookie("perennial", f"{learner.id}.planted")
    log_in(client)
    assert client.get_cookie("perennial").value != f"{learner.id}.planted"
    assert is_in(client)


def test_a_cookie_of_another_program_does_not_log_out(client, learner):
    log_in(client)
    client.set_cookie("remember_token", "1|of-another-flask-program")
    assert is_in(client)


def test_over_https_the_cookies_are_bound_to_the_host(app, learner, clock, tmp_path):
    made = create_app(
        {"DATABASE": app.config["DATABASE"], "DATA": tmp_path, "SECRET_KEY": "x" * 32,
         "CLOCK": clock, "WTF_CSRF_ENABLED": False, "BASE_URL": "https://localhost"}
    )  # fmt: skip
    client = made.test_client()
    client.get("/login", base_url="https://localhost")
    answer = client.post(
        "/login",
        data={"email": "ada@example.org", "password": PASSWORD},
        base_url="https://localhost",
    )
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) >= 2
    for cookie in cookies:
        assert cookie.startswith("__Host-perennial")
        assert "; Secure;" in cookie and "; HttpOnly;" in cookie and "Path=/" in cookie
        assert "Domain" not in cookie and "SameSite=Lax" in cookie
    with made.app_context():
        db.engine.dispose()


ELSEWHERE = [
    "https://evil.example", "http://evil.example", "HTTPS://evil.example", "//evil.example",
    "///evil.example", "////evil.example", "/\\evil.example", "/\\/evil.example",
    "\\\\evil.example",
    "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
    "\t//evil.example", " //evil.example", "\x00//evil.example", "/\x00/evil.example",
    "/\x0b/evil.example",
    "/ /evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example",
    "http:\\\\evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)",
    "javascript://%0aalert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///x",
    "ftp://evil.example", "evil.example", "www.evil.example", "@evil.example", "//@evil.example",
    "//localhost@evil.example", "https://localhost@evil.example", "//evil.example/%2f..",
    "/\u2028/evil.example", "\u2028//evil.example", "//evil%E3%80%82example", "//[::1]", "//127.1",
    "//\u0000evil.example", "?next=//evil.example", "#//evil.example", "./evil", "../evil", "",
    "//evil.example:80", "//evil.example?/", "//evil.example#/", "/\\\\evil.example", "/\x7f/evil",
    "\\", "\\t//evil.example", "/\r\nLocation: https://evil.example", "/\r\nSet-Cookie: x=y",
    "mailto:x@evil.example", "blob:https://evil.example", "//xn--evl-3la.example",
    "/\x85/evil.example",
]  # fmt: skip


def test_after_logging_in_nobody_is_led_off_the_site(app, learner, clock):
    from urllib.parse import urljoin, urlsplit

    assert len(ELSEWHERE) >= 60
    client = app.test_client()
    for payload in ELSEWHERE:
        clock.move(minutes=1)
        answer = log_in(client, next=payload)
        if "\0" in payload:
            assert answer.status_code == 422
            continue
        assert answer.status_code == 303, payload
        there = urljoin("http://localhost/login", answer.location)
        assert urlsplit(there).netloc == "localhost", payload
        assert answer.location.startswith("/") and answer.location[1:2] not in ("/", "\\"), payload
        assert "Set-Cookie: x=y" not in str(answer.headers)


@pytest.mark.parametrize("address", ["/settings/", "/review/?scope=path-1"])
def test_one_comes_back_to_the_page_one_wanted(client, learner, address):
    answer = client.get(address)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert f'value="{address}"' in page
    assert log_in(client, next=address).location == address


def test_a_fragment_that_needs_a_log_in_sends_the_whole_page_there(client, learner):
    answer = client.post("/review/start", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/login")


# Logging out.


def test_an_old_cookie_works_on_no_route_after_logging_out(app, client, learner):
    log_in(client)
    old = client.get_cookie("perennial").value
    answer = client.post("/logout")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get_cookie("perennial") is None
    check_dead(app, old)


def check_dead(app, cookie):
    """The cookie opens no route that needs a learner."""
    client, tried = app.test_client(), 0
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "access", "anyone") == "anyone":
            continue
        for method in sorted(rule.methods - {"OPTIONS"}):
            with app.test_request_context():
                ids = {"certificate": uuid.UUID(int=1), "check": uuid.UUID(int=1)}
                address = rule.build(dict.fromkeys(rule.arguments, "1") | ids)[1].split("?")[0]
            client.set_cookie("perennial", cookie)
            answer = client.open(address, method=method)
            assert answer.status_code == 303 and answer.location.startswith("/login"), address
            tried += 1
    assert tried >= 18


@pytest.mark.parametrize(
    "way", ["password", "delete", "everywhere", "this one", "time", "operator"]
)
def test_an_old_cookie_works_on_no_route_after(app, client, learner, clock, way):
    log_in(client, remember="y")
    old = client.get_cookie("perennial").value
    other = app.test_client()
    log_in(other, remember="y")
    if way == "password":
        data = {"current": PASSWORD, "password": NEW}
        assert other.post("/settings/password", data=data).status_code == 303
        assert is_in(other)
    elif way == "delete":
        data = {"typed": "ada@example.org", "current": PASSWORD}
        assert other.post("/settings/delete", data=data).status_code == 303
    elif way == "everywhere":
        assert other.post("/settings/sessions/end").status_code == 303
        assert is_in(other)
    elif way == "this one":
        name = sessions.hashed(old.split(".")[1])[:16]
        assert other.post(f"/settings/sessions/{name}/end").status_code == 303
        assert is_in(other)
    elif way == "time":
        clock.move(days=91)
    else:
        with app.app_context(), writing():
            users.reset_password("ada@example.org")
            db.session.commit()
    check_dead(app, old)
