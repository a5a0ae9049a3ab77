"""After a break: when a way back is offered, what it shows, and what using it changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from cards import settings
from cards.models import Card, Forecast, Memory, SchedulerSettings, StudyDay
from tests.factories import answer, enrol, make_deck, make_path, make_user
from tracker import returning
from tracker.db import db, writing
from tracker.models import User

# What does not depend on the database is looked at on one.
once = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def ada(app, now):
    """Somebody who stopped thirty days ago, with sixty cards due."""
    with app.app_context(), writing():
        user, deck = make_user(), make_deck(60)
        enrol(user, make_path([deck]))
        for card in db.session.scalars(db.select(Card)).all():
            answer(user, card, 4, now - timedelta(days=40))
        today = settings.today(user.settings, now)
        values = {"stability": 8.0, "last_day": today - 35, "due_day": today - 20}
        db.session.execute(update(Memory).values(**values))
        rows = db.session.scalars(db.select(StudyDay))
        for row in rows:
            row.milliseconds, row.reviews, row.new = 240_000, 4, 4
        db.session.commit()
    return user.id


@pytest.fixture
def page(client, login, app, ada):
    with app.app_context():
        user = db.session.get_one(User, ada)
    login(client, user)
    return client


def settings_of(app, ada):
    with app.app_context():
        who = db.session.get_one(SchedulerSettings, ada)
        return who.minutes_per_day, who.new_per_day


def test_today_offers_a_calm_way_back(page):
    text = page.get("/").text
    assert "60 reviews wait in all" in text and 'href="/back/"' in text


def test_a_small_backlog_brings_no_offer(app, ada, now):
    with app.app_context():
        who = db.session.get_one(SchedulerSettings, ada)
        assert returning.offer(who, 39, now) is None
        assert returning.offer(who, 60, now).minutes > 2 * returning.LEAST


def test_who_studies_for_hours_is_not_told_of_a_backlog(app, ada, now):
    with app.app_context(), writing():
        db.session.execute(update(StudyDay).values(milliseconds=3_600_000, reviews=400))
        who = db.session.get_one(SchedulerSettings, ada)
        assert returning.offer(who, 60, now) is None


def test_the_way_back_names_the_day_of_recovery(app, ada, page):
    assert "load, submit" in page.get("/back/").text
    assert page.post("/back/", data={"minutes": "5"}).status_code == 303
    text = page.get("/back/").text
    assert "60 reviews wait. With at most 5 minutes a day you will have caught up on" in text
    assert "Study 5 minutes a day" in text and 'class="chart lines"' in text
    fragment = page.post("/back/", data={"minutes": "30"}, headers={"HX-Request": "true"}).text
    assert "at most 30 minutes" in fragment and "<html" not in fragment
    with app.app_context():
        (row,) = db.session.scalars(db.select(Forecast)).all()
        assert row.options == {"minutes": 30}


def test_using_it_caps_the_day_and_ends_the_offer(app, ada, page):
    before = page.get("/").text
    assert page.post("/back/use", data={"minutes": "5"}).status_code == 303
    assert settings_of(app, ada) == (5, 8)
    text = page.get("/").text
    assert "Today holds what fits into 5 minutes" in text
    assert "plan a calm way back" in before and "plan a calm way back" not in text
    assert "reviews beyond today" not in text  # no wall of red


@once
@pytest.mark.parametrize("wrong", ["0", "601", "", "x", "-1"])
@pytest.mark.parametrize("address", ["/back/", "/back/use"])
def test_other_minutes_are_refused(app, ada, page, wrong, address):
    assert page.post(address, data={"minutes": wrong}).status_code == 422
    assert settings_of(app, ada) == (None, 8)


@once
def test_with_nothing_due_there_is_nothing_to_catch_up(app, ada, page):
    with app.app_context(), writing():
        db.session.execute(update(Memory).values(due_day=Memory.due_day + 400))
        db.session.commit()
    page.post("/back/", data={"minutes": "5"})
    assert "Nothing waits: you have caught up." in page.get("/back/").text
