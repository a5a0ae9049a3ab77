"""The Model page: figures, too few reviews, the fit in the background, and taking it back."""

from __future__ import annotations

import re
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from cards import audit, parameters
from cards.fitting import Fit
from cards.models import Card, Memory, ParameterSet, Review, SchedulerSettings
from cards.scheduler import DEFAULT_PARAMETERS
from tests.cards.learners import LEARNERS, Learner, like
from tests.factories import answer, enrol, make_deck, make_path, make_user
from tracker.db import EPOCH, db, writing

# What does not depend on the database is looked at on one.
once = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
# As if all memories held four times as long.
WRONG = like(w0=1.5, w1=6.0, w2=12.0, w3=30.0, w8=2.4, w20=0.1)
OWN = Fit(LEARNERS["quick"], 500, before=0.4, after=0.35)


@pytest.fixture
def ada(app, client, login):
    with app.app_context(), writing():
        user = make_user()
        db.session.commit()
    login(client, user)
    return user.id


def studied(app, user_id, days, true="quick", believed=DEFAULT_PARAMETERS):
    """The log of a simulated learner, with a deck in a path and a section."""
    rows = Learner(LEARNERS[true], believed, cards=150).study(days).rows
    with app.app_context(), writing():
        deck = make_deck(150, name="Decorators")
        deck.trail = [["Python", "/paths/path"], ["Core", "/paths/path#core"], ["Skill", "/"]]
        make_path([deck])
        cards = list(db.session.scalars(db.select(Card.id).order_by(Card.id)))
        log = [_review(user_id, cards[row[0]], row) for row in rows]
        db.session.execute(insert(Review), log)
        db.session.commit()


def _review(user_id, card_id, row):
    _, _, at, day, rating, duration, before, fitted = row
    at = EPOCH + timedelta(milliseconds=at)
    return {
        "user_id": user_id, "id": uuid.uuid4(), "card_id": card_id, "rating": rating, "day": day,
        "reviewed_at": at, "stored_at": at, "duration": duration, "before": before, "after": [],
        "model": "fsrs-6-fitted" if fitted else "fsrs-6", "retention": 0.9,
    }  # fmt: skip


def fit_once(client):
    """Press the button and wait for the end; the page after it."""
    assert client.post("/model/fit").status_code == 303
    for thread in threading.enumerate():
        if thread.name.startswith("job-"):
            thread.join()
    return client.get("/model/").text


def shown(page):
    """A page as it reads, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_new_learner_reads_how_many_reviews_are_needed(ada, client):
    page = client.get("/model/").text
    assert "Not enough reviews yet (0 of 400)." in page
    assert "Fit to my reviews" not in page and '<svg class="chart' not in page


def test_the_page_shows_predicted_beside_observed_by_path_and_section(app, ada, client):
    studied(app, ada, 40)
    page = client.get("/model/").text
    text = shown(page)
    assert 'class="chart dots"' in page
    assert "Predicted Observed Likely range Answers" in text
    for words in ("This model 0.", "FSRS with default parameters 0.", "Always your average 0."):
        assert words in text
    assert "Python Section Answers Predicted Recalled All of it Predictions are off by" in text
    assert re.search(r"Core Predictions are off by [^.]+\. \d+ \d\d % \d\d %", text)


@once
def test_wrong_parameters_are_called_wrong(app, ada, client):
    studied(app, ada, 60, "default", WRONG)
    with app.app_context(), writing():
        db.session.get_one(SchedulerSettings, ada).parameters = list(WRONG)
        db.session.commit()
    page = client.get("/model/").text
    assert "Predictions are too high by" in page and "lead warn" in page


@once
def test_too_few_reviews_are_not_fitted(app, ada, client):
    studied(app, ada, 5)
    answer = client.post("/model/fit")
    assert answer.status_code == 422 and "Not enough reviews yet" in answer.text
    with app.app_context():
        assert db.session.scalars(db.select(ParameterSet)).all() == []


def test_a_better_fit_is_used_from_then_on_and_can_be_undone(app, ada, client):
    studied(app, ada, 90, "steep")
    page = fit_once(client)
    assert "Your own parameters predict your newest reviews better." in page
    assert "Parameters of your own are in use since 23 November 2026" in page
    with app.app_context():
        own = db.session.get_one(SchedulerSettings, ada).parameters
        assert own is not None and own != list(DEFAULT_PARAMETERS)
    client.post("/model/undo")
    with app.app_context():
        assert db.session.get_one(SchedulerSettings, ada).parameters is None
        assert db.session.scalar(db.select(ParameterSet)).undone_at is not None
    assert "The default parameters are in use" in client.get("/model/").text


def test_a_fit_that_is_no_better_is_not_used(app, ada, client):
    studied(app, ada, 90, "default")
    page = fit_once(client)
    assert "as well or better" in page and "The default parameters are in use" in page
    with app.app_context():
        assert not db.session.scalar(db.select(ParameterSet)).accepted
        assert db.session.get_one(SchedulerSettings, ada).parameters is None


@once
def test_the_bar_is_there_after_a_reload_and_a_second_fit_is_refused(app, ada, client, monkeypatch):
    studied(app, ada, 40)
    go_on = threading.Event()
    monkeypatch.setattr(parameters, "fitted", lambda user_id: go_on.wait(10) and OWN)
    client.post("/model/fit")
    for _ in range(2):
        page = client.get("/model/").text
        assert "<progress" in page and 'hx-trigger="every 1s"' in page
        assert "See how far it is" in page
    assert client.post("/model/fit").status_code == 422
    go_on.set()
    for thread in threading.enumerate():
        if thread.name.startswith("job-"):
            thread.join()
    fragment = client.get("/model/fit", headers={"HX-Request": "true"}).text
    assert "<progress" not in fragment and "Undo" in fragment and "<html" not in fragment
    assert client.get("/model/fit").status_code == 303


@once
def test_undoing_without_a_fit_is_refused(ada, client):
    answer = client.post("/model/undo")
    assert answer.status_code == 422 and "nothing to take back" in answer.text


def test_undo_goes_back_one_fit_after_the_other(app, ada, now):
    with app.app_context(), writing():
        who = db.session.get_one(SchedulerSettings, ada)
        second = Fit(LEARNERS["steep"], 600, before=0.35, after=0.34)
        parameters.keep(ada, OWN, now)
        parameters.keep(ada, second, now + timedelta(days=1))
        parameters.undo(who, now + timedelta(days=2))
        assert who.parameters == list(OWN.parameters)
        parameters.undo(who, now + timedelta(days=3))
        assert who.parameters is None


def test_a_fit_moves_no_card_and_the_log_still_says_what_the_memories_are(app, now):
    with app.app_context(), writing():
        user, deck = make_user(), make_deck(3)
        enrol(user, make_path([deck]))
        cards = db.session.scalars(db.select(Card).order_by(Card.id)).all()
        for card in cards:
            answer(user, card, 4, now - timedelta(days=30))
        due = {one.card_id: one.due for one in db.session.scalars(db.select(Memory))}
        parameters.keep(user.id, OWN, now - timedelta(days=20))
        assert {one.card_id: one.due for one in db.session.scalars(db.select(Memory))} == due
        answer(user, cards[0], 3, now - timedelta(days=9))
        parameters.undo(user.settings, now - timedelta(days=5))
        answer(user, cards[1], 3, now - timedelta(days=2))
        db.session.flush()
        models = set(db.session.scalars(db.select(Review.model)))
        assert models == {"fsrs-6", "fsrs-6-fitted"}
        assert list(audit.learner(user.settings)) == []
        db.session.execute(update(Memory).values(stability=1.0))
        db.session.expire_all()
        assert list(audit.learner(user.settings)) != []
