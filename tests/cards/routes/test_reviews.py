"""The review page from outside: with htmx and as plain forms, and never twice."""

from __future__ import annotations

import re
import uuid

import pytest

from cards.models import Memory, Review, StudyDay
from tests.factories import enrol, make_card, make_deck, make_path, make_user
from tracker.db import db, writing

HTMX = {"HX-Request": "true"}


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        user = make_user(new_per_day=3)
        deck = make_deck(5)
        make_card(deck, typed=True)
        enrol(user, make_path([deck]))
        db.session.commit()
        return user


@pytest.fixture
def reviewer(client, login, learner):
    login(client, learner)
    client.post("/review/start")
    return client


def fields(html: str) -> dict[str, str]:
    """The hidden fields of the rating form on the page."""
    form = re.search(r'<form[^>]*action="/review/answer".*?</form>', html, re.S)
    found = re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form.group()) if form else []
    return {name: value for name, value in found if name not in ("rating", "csrf_token")}


def shown(client, **headers):
    return fields(client.get("/review/", headers=headers).text)


def send_on(client, answer, **headers):
    """Answer as a browser does, which goes where it is sent: the last page."""
    return client.post("/review/answer", data=answer, headers=headers, follow_redirects=True)


def log(app):
    with app.app_context():
        return db.session.scalars(db.select(Review)).all()


def test_start_leads_to_the_first_card(client, login, learner):
    answer = login(client, learner).post("/review/start")
    assert (answer.status_code, answer.location) == (303, "/review/")
    page = client.get(answer.location)
    assert "Question" in page.text and "Show answer" in page.text and "Answer" in page.text


def test_an_answer_shows_the_next_card(reviewer, app):
    first = shown(reviewer)
    page = reviewer.post("/review/answer", data=first | {"rating": "3"}, headers=HTMX)

    assert page.status_code == 200 and "<html" not in page.text
    assert fields(page.text)["card"] != first["card"]
    assert [row.rating for row in log(app)] == [3]


def test_without_htmx_an_answer_goes_back_to_the_page(reviewer, app):
    first = shown(reviewer)
    page = reviewer.post("/review/answer", data=first | {"rating": "3"})
    assert (page.status_code, page.location) == (303, "/review/")
    assert shown(reviewer)["card"] != first["card"]


def test_sent_five_times_an_answer_counts_once(reviewer, app):
    body = shown(reviewer) | {"rating": "3"}
    pages = [reviewer.post("/review/answer", data=body, headers=HTMX) for _ in range(5)]

    assert {page.status_code for page in pages} == {200}
    assert len({fields(page.text)["card"] for page in pages}) == 1
    assert len(log(app)) == 1


def test_a_second_tab_with_another_rating_is_told_which_counts(reviewer, app):
    body = shown(reviewer)
    reviewer.post("/review/answer", data=body | {"rating": "3"})
    for headers in (HTMX, {}):
        page = reviewer.post("/review/answer", data=body | {"rating": "1"}, headers=headers)
        assert page.status_code == 422
        assert "already, with Good" in page.text
        assert fields(page.text)["card"] != body["card"]
    assert [row.rating for row in log(app)] == [3]


def test_undo_brings_the_card_back_and_the_counts(reviewer, app, learner):
    body = shown(reviewer)
    page = reviewer.post("/review/answer", data=body | {"rating": "3"}, headers=HTMX)
    undo = re.search(r'action="/review/undo".*?name="review"[^>]*value="([^"]+)"', page.text, re.S)
    for _ in range(2):
        page = reviewer.post("/review/undo", data={"review": undo.group(1)}, headers=HTMX)
        assert fields(page.text)["card"] == body["card"]
        assert fields(page.text)["review"] != body["review"]
    with app.app_context():
        day = db.session.scalars(db.select(StudyDay)).one()
        assert (day.answers, day.new) == (0, 0)


@pytest.mark.parametrize("action", ["bury", "suspend"])
def test_a_card_set_aside_makes_room_for_the_next(reviewer, action):
    body = shown(reviewer)
    page = reviewer.post(
        "/review/mark", data={"card": body["card"], "action": action}, headers=HTMX
    )
    assert fields(page.text)["card"] != body["card"]


def test_a_flagged_card_stays(reviewer):
    body = shown(reviewer)
    for action in ("flag", "unflag"):
        data = {"card": body["card"], "action": action}
        page = reviewer.post("/review/mark", data=data, headers=HTMX)
        assert fields(page.text)["card"] == body["card"]


def test_the_session_ends_with_what_was_done_and_a_way_to_go_on(reviewer):
    for _ in range(3):
        reviewer.post("/review/answer", data=shown(reviewer) | {"rating": "4"})
    page = reviewer.get("/review/")
    assert fields(page.text) == {}
    assert "/review/more" in page.text and re.search(r"3\s*(</\w+>\s*)*<?[^<]*cards?", page.text)

    reviewer.post("/review/more")
    assert shown(reviewer)


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_the_last_answer_leads_through_the_start_to_the_end(reviewer, app, headers):
    for _ in range(2):
        reviewer.post("/review/answer", data=shown(reviewer) | {"rating": "4"})
    last = shown(reviewer) | {"rating": "4"}
    page = reviewer.post("/review/answer", data=last, headers=headers)
    assert (page.status_code, page.location) == (307, "/review/start")
    assert len(log(app)) == 3

    page = send_on(reviewer, last, **headers)
    assert page.status_code == 200 and "That was all for now" in page.text
    assert ("<html" in page.text) == (not headers)
    assert len(log(app)) == 3


def test_the_duration_is_measured_without_script_too(reviewer, app, clock):
    body = shown(reviewer)
    clock.move(seconds=7)
    reviewer.post("/review/answer", data=body | {"rating": "3"})
    assert log(app)[0].duration == 7000


def test_a_day_that_begins_during_a_session_is_planned_anew(reviewer, app, clock):
    body = shown(reviewer)
    clock.move(hours=23)
    page = send_on(reviewer, body | {"rating": "3"}, **HTMX)
    assert fields(page.text)["card"] not in ("", body["card"])
    with app.app_context():
        days = db.session.scalars(db.select(StudyDay).order_by(StudyDay.day)).all()
        assert [day.new for day in days] == [0, 1]


WRONG = [
    ({"rating": "0"}, "Rate the card"),
    ({"rating": "5"}, "Rate the card"),
    ({"rating": ""}, "Rate the card"),
    ({"rating": "١"}, "Rate the card"),
    ({"review": "1"}, "review"),
    ({"review": ""}, "review"),
    ({"card": "x"}, "card"),
    ({"card": "-1"}, "card"),
    ({"card": ""}, "card"),
    ({"card": "9" * 17}, "card"),
    ({"duration": "soon"}, "duration"),
    ({"scope": "everything"}, "scope"),
    ({"scope": "path-1; DROP"}, "scope"),
]


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_a_wrong_field_is_named_and_nothing_is_stored(reviewer, app, change, words):
    page = reviewer.post("/review/answer", data=shown(reviewer) | {"rating": "3"} | change)
    assert page.status_code == 422
    assert words in page.text
    assert log(app) == []


def test_an_unknown_card_is_not_found(reviewer, app):
    data = {"card": "999999", "review": str(uuid.uuid4()), "rating": "3"}
    assert reviewer.post("/review/answer", data=data).status_code == 404
    assert (
        reviewer.post("/review/mark", data={"card": "999999", "action": "bury"}).status_code == 404
    )
    assert reviewer.post("/review/undo", data={"review": str(uuid.uuid4())}).status_code == 404


def test_looking_at_the_page_stores_nothing(client, login, learner, app):
    login(client, learner)
    for _ in range(3):
        assert fields(client.get("/review/").text)
    with app.app_context():
        assert db.session.scalars(db.select(StudyDay)).all() == []
        assert db.session.scalars(db.select(Memory)).all() == []


def test_somebody_not_logged_in_is_asked_to(client, learner):
    page = client.get("/review/?scope=path-1")
    assert (page.status_code, page.location) == (303, "/login?next=/review/?scope%3Dpath-1")
    page = client.post("/review/answer", headers=HTMX)
    assert page.headers["HX-Redirect"] == "/login"
