"""The pages of progress: what they show, what is not there, and what a session keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cards.models import Card
from cards.scheduler import Rating
from tests.factories import answer, enrol, make_deck, make_path, make_user
from tracker import states
from tracker.db import db, writing
from tracker.models import KnownSkill, Section, Skill


@pytest.fixture
def learner(app, client, login, now):
    """A learner with one known skill, one begun and one not; logged in."""
    with app.app_context(), writing():
        user = make_user()
        enrol(user, make_path([make_deck(2), make_deck(2), make_deck(2)], sections=2))
        known, begun = decks()[:2]
        for days in (95, 92, 86, 74, 50, 2):
            for card in known:
                answer(user, card, Rating.Good, now - timedelta(days=days))
        answer(user, begun[0], Rating.Good, now - timedelta(days=1))
        db.session.commit()
    login(client, user)
    return user


def decks():
    cards = db.session.scalars(db.select(Card).order_by(Card.deck_id, Card.position)).all()
    numbers = sorted({card.deck_id for card in cards})
    return [[card for card in cards if card.deck_id == number] for number in numbers]


def known(app):
    with app.app_context():
        return db.session.scalars(db.select(KnownSkill)).all()


def test_every_path_that_is_studied_is_listed(client, learner):
    page = client.get("/progress/").text
    assert 'href="/progress/path"' in page
    for words in ("<b>1</b> known", "<b>1</b> learning", "<b>1</b> not started", "3 of 6"):
        assert words in page
    assert "points in a week: 1 card learnt, 2 refreshed" in page


def test_somebody_without_a_path_is_led_to_one(app, client, login):
    with app.app_context(), writing():
        user = make_user()
        db.session.commit()
    assert "Progress begins with a path." in login(client, user).get("/progress/").text


def test_a_path_shows_map_sections_and_why(client, learner):
    page = client.get("/progress/path").text
    assert page.count('class="cell') == 3 + 3  # and the legend's
    assert ": known, 100 % remembered" in page and ": learning, " in page
    assert "1 card learnt" in page and "2 cards refreshed" in page
    assert 'href="/progress/path/section-1"' in page


def test_a_section_opens_to_its_skills_and_a_skill_to_its_cards(app, client, learner):
    with app.app_context():
        slug = db.session.scalars(db.select(Skill.slug).order_by(Skill.id)).first()
        card = db.session.scalars(db.select(Card.id).order_by(Card.id)).first()
    section = client.get("/progress/path/section-0").text
    assert f'href="/progress/path/section-0/{slug}"' in section
    assert "each card was recalled on two days" in section
    skill = client.get(f"/progress/path/section-0/{slug}").text
    assert f'href="/cards/{card}"' in skill and "stable for " in skill


@pytest.mark.parametrize(
    "address", ["none", "none/section-0", "path/none", "path/none/x", "path/section-0/none"]
)
def test_what_does_not_exist_is_not_there(client, learner, address):
    assert client.get(f"/progress/{address}").status_code == 404


def test_a_visitor_is_asked_to_log_in(app, client):
    assert client.get("/progress/").location.startswith("/login")


def test_a_fading_skill_says_what_brings_it_back_everywhere(app, client, login, learner, clock):
    with app.app_context(), writing():
        states.update(db.session.merge(learner), clock())
        db.session.commit()
        skill = db.session.scalars(db.select(Skill.slug).order_by(Skill.id)).first()
    clock.move(days=600)
    login(client, learner)
    for address in ("path", "path/section-0", f"path/section-0/{skill}"):
        page = client.get(f"/progress/{address}").text
        assert "1 card, about a minute" in page and "fading" in page
    assert ", fading</span>" in client.get("/paths/path").text
    assert "It was known on 23 November 2026." in client.get(f"/paths/path/{skill}").text


def test_a_session_keeps_what_became_known_and_an_answer_does_not(app, client, learner, clock):
    client.post("/review/start", data={"scope": ""})
    assert [row.known_at for row in known(app)] == [clock()]
    with app.app_context():
        db.session.execute(db.delete(KnownSkill))
        db.session.commit()
    shown = client.get("/review/").text
    while 'name="rating"' in shown:
        assert known(app) == []
        names = ("card", "review", "scope", "shown_at", "duration")
        data = {name: shown.split(f'name="{name}" value="', 1)[1].split('"')[0] for name in names}
        answer = data | {"rating": "4"}
        assert client.post("/review/answer", data=answer, follow_redirects=True).status_code == 200
        shown = client.get("/review/").text
    assert len(known(app)) == 1


def test_nothing_is_kept_by_looking(app, client, learner):
    for address in ("/progress/", "/progress/path", "/progress/path/section-0", "/", "/paths/path"):
        assert client.get(address).status_code == 200
    assert known(app) == []


def test_a_retired_section_is_not_there(app, client, learner, now):
    with app.app_context(), writing():
        section = db.session.scalars(db.select(Section).order_by(Section.id)).first()
        section.retired_at = now
        db.session.commit()
    assert client.get("/progress/path/section-0").status_code == 404
