"""Many who answer at once: nobody waits long, nobody is refused, and a card is answered once."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from benchmarks import data
from benchmarks.client import FIELD, RATINGS, Browser
from benchmarks.process import Server
from cards import audit, reviews
from cards.models import Card, Review, SchedulerSettings
from tests.factories import enrol, make_deck, make_path, make_user
from tracker import setup
from tracker.app import create_app
from tracker.db import db, writing
from tracker.models import Skill, User

HTMX = {"HX-Request": "true"}
WRITERS, SECONDS = 16, 30
CLIENTS = 8


@pytest.fixture
def served(tmp_path):
    """The real server on SQLite and sixteen learners of one path."""
    app = create_app({"DATA": tmp_path})
    setup.upgrade(app)
    now = datetime.now(UTC)
    with app.app_context():
        data.fill(now, 3_000)
        learners = [data.learner(now, 1_000) for _ in range(WRITERS)]
        db.engine.dispose()
    server = Server({"DATA": tmp_path}).start()
    browsers = [Browser(server.host, one.cookie) for one in learners]
    yield app, browsers
    for browser in browsers:
        browser.close()
    server.stop()
    with app.app_context():
        db.engine.dispose()


def write(browser: Browser, until: float) -> tuple[list[float], list[str]]:
    """Answer until the time is over: how long each took, and what went wrong."""
    seconds: list[float] = []
    errors: list[str] = []
    browser.start()
    while time.monotonic() < until:
        begin = time.perf_counter()
        status = browser.answer(3) if browser.fields() else browser.get("/review/")
        seconds.append(time.perf_counter() - begin)
        if status != 200:
            errors.append(f"{status}: {browser.page[:300]}")
    browser.close()
    return seconds, errors


def test_sixteen_writers_for_half_a_minute_meet_no_error(served):
    app, browsers = served
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(WRITERS) as pool:
        done = list(pool.map(lambda browser: write(browser, until), browsers))

    seconds = sorted(one for times, _ in done for one in times)
    p50, p99 = (seconds[int(part * len(seconds))] * 1000 for part in (0.5, 0.99))
    print(f"{len(seconds)} requests, median {p50:.1f} ms, 99th percentile {p99:.1f} ms")
    assert [error for _, errors in done for error in errors] == []
    with app.app_context():
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        db.session.remove()


@pytest.fixture
def tabs(app, login, now):
    """`tabs(count)`: so many browsers of one learner, who studies a path of twelve cards."""
    with app.app_context(), writing():
        user = make_user(new_per_day=50)
        enrol(user, make_path([make_deck(12)]))
        db.session.commit()
        number = user.id

    def open_(count: int) -> list[FlaskClient]:
        with app.app_context():
            clients = [
                login(app.test_client(), db.session.get_one(User, number)) for _ in range(count)
            ]
        clients[0].post("/review/start")
        return clients

    return open_


def at_once(calls) -> list[int]:
    """Make all these requests at the same moment; their statuses, sorted."""
    gate = threading.Barrier(len(calls))

    def one(call) -> int:
        gate.wait()
        return call().status_code

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(one, calls))


def shown(client, scope: str = "") -> dict[str, str]:
    form = RATINGS.search(client.get(f"/review/?scope={scope}").text)
    return dict(FIELD.findall(form.group())) if form else {}


def sending(clients, form: dict[str, str], ratings):
    return [
        partial(client.post, "/review/answer", data=form | {"rating": str(rating)}, headers=HTMX)
        for client, rating in zip(clients, ratings, strict=True)
    ]


def assert_the_log_holds(app, answers: int) -> None:
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Review)) == answers
        assert list(audit.learner(db.session.scalars(select(SchedulerSettings)).one())) == []
        db.session.remove()


def test_one_answer_from_eight_browsers_at_once_is_one(app, tabs):
    clients = tabs(CLIENTS)
    for count in range(1, 7):
        form = shown(clients[0])
        assert at_once(sending(clients, form, [count % 4 + 1] * CLIENTS)) == [200] * CLIENTS
        assert_the_log_holds(app, count)


def test_of_different_answers_to_one_card_the_first_counts(app, tabs):
    clients = tabs(CLIENTS)
    for count in range(1, 7):
        form = shown(clients[0])
        statuses = at_once(sending(clients, form, [1, 2, 3, 4] * 2))
        assert statuses == [200, 200] + [422] * 6
        assert_the_log_holds(app, count)


def test_two_tabs_answer_different_cards_at_once(app, tabs):
    one, other = tabs(2)
    for count in range(1, 6):
        first = shown(one)
        one.post("/review/mark", data=first | {"action": "flag"})
        second = {**shown(other), **card_after(app, first)}
        calls = sending([one], first, [3]) + sending([other], second, [1])
        assert at_once(calls) == [200, 200]
        assert_the_log_holds(app, 2 * count)


def card_after(app, form: dict[str, str]) -> dict[str, str]:
    """The form of another card that was not answered yet."""
    with app.app_context():
        answered = select(Review.card_id)
        found = select(Card.id).where(Card.id.not_in(answered), Card.id != int(form["card"]))
        card = db.session.scalars(found.order_by(Card.id.desc())).first()
        user_id = db.session.scalars(select(User.id)).one()
        db.session.remove()
    assert card is not None
    return {"card": str(card), "review": str(reviews.coming_id(user_id, card, 0))}


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/review/start", {"scope": ""}),
        ("/review/more", {"scope": ""}),
        ("/review/mark", {"card": "1", "action": "flag"}),
        ("/review/mark", {"card": "1", "action": "bury"}),
        ("/review/mark", {"card": "1", "action": "suspend"}),
        ("/paths/path/enrol", {}),
        ("/paths/path/leave", {}),
        ("/paths/path/{skill}/skip", {}),
        ("/paths/path/{skill}/unskip", {}),
    ],
)
def test_what_eight_browsers_do_at_once_is_done_once(app, tabs, address, fields):
    clients = tabs(CLIENTS)
    with app.app_context():
        address = address.format(skill=db.session.scalars(select(Skill.slug)).one())
        card = db.session.scalars(select(Card.id)).first()
        db.session.remove()
    fields = fields | ({"card": str(card)} if "card" in fields else {})

    calls = [partial(client.post, address, data=fields) for client in clients]
    assert set(at_once(calls)) <= {200, 303}


def test_undo_from_eight_browsers_at_once_is_one(app, tabs):
    clients = tabs(CLIENTS)
    form = shown(clients[0])
    clients[0].post("/review/answer", data=form | {"rating": "3"})

    calls = [partial(client.post, "/review/undo", data=form, headers=HTMX) for client in clients]
    assert at_once(calls) == [200] * CLIENTS
    assert_the_log_holds(app, 1)


def test_a_client_that_goes_away_holds_nobody_up(served):
    _, (steady, *gone) = served
    steady.start()
    host, port = steady.host.split(":")
    for browser in gone:
        with socket.create_connection((host, int(port))) as half:
            half.sendall(
                f"POST /review/answer HTTP/1.1\r\nHost: {steady.host}\r\nCookie: perennial="
                f"{browser.cookies['perennial']}\r\nContent-Type: application/x-www-form-urlencoded"
                "\r\nContent-Length: 500\r\n\r\ncsrf_token=half".encode()
            )

    begin = time.monotonic()
    assert [steady.answer(3) for _ in range(5)] == [200] * 5
    assert time.monotonic() - begin < 3
