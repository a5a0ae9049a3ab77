"""The habits page from outside: what it shows, and declaring days off."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from cards.models import Card, DayOff, SchedulerSettings
from cards.scheduler import Rating
from tests.factories import answer, enrol, make_deck, make_path, make_user
from tracker.db import db, writing


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        user = make_user()
        enrol(user, make_path([make_deck(12)]))
        db.session.commit()
        return user


@pytest.fixture
def page(client, login, learner):
    return login(client, learner)


@pytest.fixture
def studied(app, learner, now):
    """Twelve cards begun more than a year ago, and forgotten until yesterday."""
    with app.app_context(), writing():
        user = db.session.merge(learner)
        cards = db.session.scalars(select(Card).order_by(Card.id)).all()
        for place, card in enumerate(cards):
            answer(user, card, Rating.Good, now - timedelta(days=400 - place))
            answer(user, card, Rating.Again, now - timedelta(days=1))
            answer(user, card, Rating.Good, now - timedelta(days=1, minutes=-11))
        db.session.commit()


def days_off(app, now):
    with app.app_context():
        found = db.session.scalars(select(DayOff.day).order_by(DayOff.day))
        return [day - now.date().toordinal() for day in found]


def test_a_new_learner_sees_a_calm_empty_page(page):
    html = page.get("/stats/").text
    assert "Your streak begins with your first card." in html
    assert "No review is due in the next 30 days." in html
    assert "There is nothing to say yet" in html


@pytest.mark.usefixtures("studied")
def test_the_page_shows_calendar_streak_retention_and_load(page):
    html = page.get("/stats/").text
    assert re.search(r'<span class="number">1</span> day kept in a row', html)
    assert "24 on 1 day, most on 22 Nov 2026 (24)" in html
    assert "22 Nov 2026: 24</title>" in html
    assert re.search(r'<th scope="row">Yesterday</th><td>0 %</td><td>–</td><td>0 %</td>', html)
    assert "Reviews due in the next 30 days" in html
    assert re.search(r'<th scope="row">This month</th><td>1</td><td>24</td>', html)


@pytest.mark.usefixtures("studied")
def test_an_earlier_year_has_its_own_calendar(page):
    html = page.get("/stats/?year=2025").text
    assert '<h2 id="calendar">2025</h2>' in html
    assert re.search(r'href="/stats/\?year=2025" aria-current="page"', html)
    assert "12 on 12 days" in html and "22 Nov 2026: 24" not in html


@pytest.mark.parametrize("year", ["1999", "x", "-1", "99999999999999", "2026.5", ""])
def test_a_year_without_answers_shows_the_last_twelve_months(page, year):
    answer = page.get(f"/stats/?year={year}")
    assert answer.status_code == 200
    assert "The last twelve months" in answer.text


def test_a_holiday_is_declared_shown_and_taken_back(page, app, now):
    sent = page.post("/stats/days-off", data={"first": "2026-12-24", "last": "2026-12-26"})
    assert (sent.status_code, sent.location) == (303, "/stats/#days-off")
    assert days_off(app, now) == [31, 32, 33]
    assert "<span>24 Dec 2026 to 26 Dec 2026</span>" in page.get("/stats/").text

    page.post("/stats/days-off/remove", data={"first": "2026-12-25", "last": "2026-12-26"})
    assert days_off(app, now) == [31]
    assert "<span>24 Dec 2026</span>" in page.get("/stats/").text


def test_a_single_day_off_needs_no_last_day(page, app, now):
    page.post("/stats/days-off", data={"first": "2026-11-23", "last": ""})
    assert days_off(app, now) == [0]
    assert "Your streak begins" in page.get("/stats/").text


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", ""),
        ("tomorrow", ""),
        ("2026-13-01", ""),
        ("0001-01-01", "9999-12-31"),
        ("2026-11-22", ""),
        ("2026-12-24", "2026-12-23"),
        ("2026-12-24", "x"),
        ("9999-12-31", ""),
        ("2026-12-01", "2027-06-01"),
    ],
)
def test_days_that_cannot_be_off_are_refused(page, app, now, first, last):
    answer = page.post("/stats/days-off", data={"first": first, "last": last})
    assert answer.status_code == 422
    assert days_off(app, now) == []


def test_weekdays_off_are_kept_and_shown(page, app, learner):
    page.post("/stats/weekdays-off", data={"weekday": ["5", "6", "7", "-1", "x", ""]})
    with app.app_context():
        assert db.session.get_one(SchedulerSettings, learner.id).weekdays_off == 0b1100000
    html = page.get("/stats/").text
    assert re.findall(r'value="(\d)" checked', html) == ["5", "6"]


def test_a_week_without_a_day_for_reviews_is_refused(page, app, learner):
    answer = page.post("/stats/weekdays-off", data={"weekday": list("0123456")})
    assert answer.status_code == 422
    assert "Keep at least one day" in answer.text
    with app.app_context():
        assert db.session.get_one(SchedulerSettings, learner.id).weekdays_off == 0


def test_days_off_of_others_stay_untouched(page, app, now, client, login):
    page.post("/stats/days-off", data={"first": "2026-12-24"})
    with app.app_context(), writing():
        eve = make_user()
        db.session.commit()
    login(client, eve)
    client.post("/stats/days-off/remove", data={"first": "2026-12-01", "last": "2026-12-31"})
    assert days_off(app, now) == [31]
    assert "24 Dec 2026</span>" not in client.get("/stats/").text


@pytest.mark.usefixtures("studied")
def test_today_is_off_open_or_kept(client, login, app, learner, clock):
    clock.move(days=20)
    page = login(client, learner)
    assert "Today is open: 12 due." in page.get("/stats/").text
    page.post("/stats/days-off", data={"first": clock.at.date().isoformat()})
    assert "Today is a day off." in page.get("/stats/").text
    with app.app_context(), writing():
        user = db.session.merge(learner)
        for card in db.session.scalars(select(Card)).all():
            answer(user, card, Rating.Good, clock.at)
        db.session.commit()
    assert "Today is kept." in page.get("/stats/").text
