"""The forecast page: sliders, stored forecasts, using what was tried out, ready by a date."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest

from cards.models import Forecast, Job, SchedulerSettings
from tests.factories import enrol, make_deck, make_path, make_user
from tracker import goals, jobs
from tracker.db import db, writing
from tracker.models import Enrolment, Path
from tracker.routes import dates

PAGE = "/paths/path/forecast"
TRIED = {"new": "9", "minutes": "30", "retention": "85", "off": ["6"]}
HTMX = {"HX-Request": "true"}
# What does not depend on the database is looked at on one.
once = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def ada(app, client, login):
    with app.app_context(), writing():
        user = make_user(new_per_day=3)
        enrol(user, make_path([make_deck(6), make_deck(6)], sections=2))
        db.session.commit()
    login(client, user)
    return user.id


def rows(app, model=Forecast):
    with app.app_context():
        return db.session.scalars(db.select(model)).all()


def wait():
    for thread in threading.enumerate():
        if thread.name.startswith("job-"):
            thread.join()


def shown(page):
    """A page as it reads, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_looking_makes_no_forecast_but_the_page_asks_for_one(app, ada, client):
    page = client.get(PAGE).text
    assert 'hx-trigger="load, submit' in page and "Playing out" in page
    assert "Show the forecast" in page and 'value="3"' in page
    assert rows(app) == []


def test_a_forecast_is_shown_and_stored(app, ada, client):
    answer = client.post(PAGE, data={"new": "3", "minutes": "0", "retention": "90"})
    assert answer.status_code == 303
    page = client.get(PAGE).text
    assert page.count('class="chart columns"') == 2 and 'class="band"' in page
    assert "When it will be known" in page and "All of Path" in page
    assert "No forecast is old enough" in page
    assert "Study like this" not in page and "load," not in page
    (row,) = rows(app)
    assert row.options["own"] is True


def test_what_is_tried_out_comes_as_a_fragment_and_can_be_used(app, ada, client):
    fragment = client.post(PAGE, data=TRIED, headers=HTMX).text
    assert "<html" not in fragment and 'id="forecast"' in fragment
    assert "Study like this" in fragment
    with app.app_context():
        assert db.session.get_one(SchedulerSettings, ada).new_per_day == 3
    assert client.post("/paths/path/use", data=TRIED).status_code == 303
    with app.app_context():
        who = db.session.get_one(SchedulerSettings, ada)
        kept = who.new_per_day, who.minutes_per_day, who.retention, who.weekdays_off
    assert kept == (9, 30, 0.85, 64)
    assert "Study like this" not in client.get(PAGE).text


def test_tomorrow_the_page_asks_anew_with_the_own_settings(app, ada, client, clock):
    client.post(PAGE, data=TRIED)
    assert 'value="9"' in client.get(PAGE).text
    clock.move(hours=20)
    page = client.get(PAGE).text
    assert 'value="9"' not in page and "load, submit" in page


@once
@pytest.mark.parametrize("address", [PAGE, "/paths/path/use"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"new": "1000"}, {"new": ""}, {"new": "-1"}, {"new": "x"}, {"retention": "69"},
        {"retention": "100"}, {"retention": "9" * 20}, {"minutes": "601"}, {"minutes": "1.5"},
        {"off": list("0123456")},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(app, ada, client, address, wrong):
    assert client.post(address, data=TRIED | wrong).status_code == 422
    assert rows(app) == []
    with app.app_context():
        assert db.session.get_one(SchedulerSettings, ada).new_per_day == 3


@once
@pytest.mark.parametrize("address", [PAGE, "/paths/path/ready"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_path_that_is_not_studied_is_not_there(app, client, login, ada, address, method):
    with app.app_context(), writing():
        stranger = make_user()
        db.session.commit()
    login(client, stranger)
    data = TRIED | {"day": "2026-12-24"}
    sent = {"data": data} if method == "post" else {}
    answer = getattr(client, method)(address, headers=HTMX, **sent)
    assert answer.status_code == 404
    assert rows(app) == []


def test_a_plan_is_found_in_the_background_and_can_be_used(app, ada, client):
    answer = client.post("/paths/path/ready", data={"day": "2026-12-13", "minutes": "15"})
    assert answer.status_code == 303
    wait()
    page = client.get(PAGE).text
    assert "you will recall about" in shown(page) and "Use this plan" in page
    assert 'value="2026-12-13"' in page and 'value="15"' in page
    (found,) = rows(app)
    assert found.scope.startswith("ready-") and found.result["possible"]
    with app.app_context():
        enrolment = db.session.scalar(db.select(Enrolment))
        assert (enrolment.goal_minutes, enrolment.goal_day) == (15, found.options["day"])
    plan = found.result["plan"]
    data = {
        "new": plan["new_per_day"],
        "minutes": "15",
        "retention": round(plan["retention"] * 100),
    }
    client.post("/paths/path/use", data=data)
    with app.app_context():
        who = db.session.get_one(SchedulerSettings, ada)
        assert (who.new_per_day, who.minutes_per_day) == (plan["new_per_day"], 15)
        assert who.retention == pytest.approx(plan["retention"], abs=0.006)


@once
def test_what_cannot_be_done_is_said_plainly(app, ada, client):
    client.post("/paths/path/ready", data={"day": "2026-11-25", "minutes": "1"})
    wait()
    page = shown(client.get(PAGE).text)
    assert "1 minute a day are not enough" in page or "not enough for 25 November 2026" in page


@once
def test_the_search_shows_a_bar_that_survives_a_reload(app, ada, client, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(goals, "_find", lambda *given: go_on.wait(10))
    monkeypatch.setattr(goals, "_keep", lambda *given: "Done.")
    sent = {"day": "2026-12-13", "minutes": "15"}
    fragment = client.post("/paths/path/ready", data=sent, headers=HTMX).text
    assert "<progress" in fragment and "<html" not in fragment
    assert "<progress" in client.get(PAGE).text
    assert client.post("/paths/path/ready", data=sent).status_code == 422
    go_on.set()
    wait()
    assert "<progress" not in client.get("/paths/path/ready", headers=HTMX).text
    assert client.get("/paths/path/ready").status_code == 303


@once
def test_a_search_that_was_stopped_says_so(app, ada, client, now, clock):
    with app.app_context(), writing():
        jobs.start(ada, goals.KIND, now)
        db.session.commit()
    clock.move(seconds=31)
    assert "The server was stopped meanwhile" in client.get(PAGE).text


@once
@pytest.mark.parametrize(
    "wrong",
    [
        {"day": ""}, {"day": "tomorrow"}, {"day": "2026-11-23"}, {"day": "2026-11-01"},
        {"day": "2027-11-24"}, {"minutes": "0"}, {"minutes": "601"}, {"minutes": "x"},
    ],
)  # fmt: skip
def test_a_goal_that_does_not_fit_is_refused(app, ada, client, wrong):
    sent = {"day": "2026-12-13", "minutes": "15"} | wrong
    assert client.post("/paths/path/ready", data=sent).status_code == 422
    assert rows(app, Job) == []
    with app.app_context():
        assert db.session.scalar(db.select(Enrolment.goal_day)) is None


@once
def test_once_the_day_has_come_the_plan_is_gone(app, ada, client, clock, now):
    with app.app_context(), writing():
        path = db.session.scalar(db.select(Path))
        row = Forecast(user_id=ada, made_at=now, scope=goals.scope(path.id), day=now.toordinal())
        row.options = {"day": now.toordinal() + 2, "minutes": 5}
        plan = {"new_per_day": 4, "minutes": 5, "retention": 0.9, "weekdays_off": []}
        row.result = {"sentence": "S.", "possible": True, "recall": [], "usual": 0.5, "plan": plan}
        db.session.add(row)
        db.session.commit()
    assert "Use this plan" in client.get(PAGE).text
    clock.at += timedelta(days=2)
    assert "Use this plan" not in client.get(PAGE).text


DAY = date(2027, 1, 24).toordinal()


@pytest.mark.parametrize(
    ("early", "likely", "late", "words", "range_"),
    [
        (DAY, DAY, DAY, "by now", ""),
        (DAY + 1, DAY + 2, DAY + 9, "26 Jan 2027", "25 Jan 2027 to 2 Feb 2027"),
        (DAY + 1, DAY + 2, None, "26 Jan 2027", "25 Jan 2027 or much later"),
        (DAY + 1, None, None, "hardly within a year", "not before 25 Jan 2027"),
        (None, None, None, "not within a year", ""),
    ],
)
def test_the_dates_of_being_known_read_as_a_range(early, likely, late, words, range_):
    when = {"early": early, "likely": likely, "late": late}
    found = dates.known(when, DAY)
    assert (found["words"], found["range"]) == (words, range_)
