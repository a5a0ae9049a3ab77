"""What a skill is for a learner, since when and why; known is earned and never taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cards import settings
from cards.mastery import Standing
from cards.models import Card
from cards.scheduler import Rating
from tests.factories import answer, enrol, make_card, make_deck, make_path, make_user
from tracker import paths, progress, states
from tracker.db import db, writing
from tracker.models import KnownSkill

MONTH = timedelta(days=30)


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        yield make_user()


@pytest.fixture
def path(learner):
    path = make_path([make_deck(3), make_deck(3)])
    enrol(learner, path)
    return path


def learn(user, deck_id, now, times=6):
    """Answer the deck's cards on so many days, so far apart that they become known."""
    at = now - timedelta(days=3 * 2 ** (times - 1))
    for turn in range(times):
        for card in db.session.scalars(db.select(Card).where(Card.deck_id == deck_id)).all():
            answer(user, card, Rating.Good, at)
        at += timedelta(days=3 * 2**turn)


def skill(path, place=0):
    return paths.places(path.id, None)[place].skill


def state(user, path, now, place=0):
    db.session.flush()
    db.session.expire_all()
    return progress.path(path, user, now).sections[0].skills[place].state


def stage(user, path, now, place=0):
    db.session.expire_all()
    return progress.path(path, user, now).sections[0].skills[place].stage


def rows(user):
    db.session.flush()
    return db.session.scalars(db.select(KnownSkill).where(KnownSkill.user_id == user.id)).all()


def test_a_skill_that_nobody_touched_is_not_started(learner, path, now):
    found = state(learner, path, now)
    assert (found.name, found.since) == ("not started", None)
    assert found.reason == "None of its 3 cards has been seen."


def test_a_skill_is_learning_since_its_first_answer(learner, path, now):
    card = db.session.scalars(db.select(Card)).first()
    answer(learner, card, Rating.Good, now - timedelta(days=2))
    answer(learner, card, Rating.Good, now)
    found = state(learner, path, now)
    assert (found.name, found.since_words) == ("learning", "21 November 2026")
    assert found.reason == "2 cards of 3 not seen yet."


def test_what_a_seen_skill_lacks_is_said(learner, path, now):
    learn(learner, skill(path).deck_id, now, times=2)
    found = state(learner, path, now)
    assert found.name == "learning"
    assert found.reason.startswith("Without practice you would keep at least ")
    assert found.reason.endswith(" % for 30 days; known begins at 80 %.")


@pytest.mark.parametrize(("passed", "words"), [(2, "1 card of 3 still waits"), (1, "2 cards of 3")])
def test_a_success_on_another_day_is_asked_for(learner, now, passed, words):
    remembered = Standing(3, 3, 3.0, 3.0, 0.0, passed, since=739000)
    found = states.of(learner.settings, remembered, settings.today(learner.settings, now))
    assert found.name == "learning" and found.reason.startswith(words)


def test_a_known_skill_is_known_since_the_session_that_made_it_so(learner, path, now):
    learn(learner, skill(path).deck_id, now)
    assert state(learner, path, now).since_words == "23 November 2026"
    states.update(learner, now)
    states.update(learner, now + timedelta(days=3))
    found = state(learner, path, now + timedelta(days=3))
    assert (found.name, found.since_words) == ("known", "23 November 2026")
    assert "and each card was recalled on two days" in found.reason
    assert [row.skill_id for row in rows(learner)] == [skill(path).id]


def test_a_known_skill_fades_and_never_falls_back_to_learning(learner, path, now):
    learn(learner, skill(path).deck_id, now)
    states.update(learner, now)
    later = now + 12 * MONTH
    assert state(learner, path, later).name == "fading"
    states.update(learner, later)
    states.update(learner, later + MONTH)
    found = state(learner, path, later + MONTH)
    assert (found.name, found.since_words) == ("fading", "18 November 2027")
    assert found.reason.startswith("It was known on 23 November 2026. Without practice")
    assert stage(learner, path, later + MONTH) == "fading"


def test_a_faded_skill_blooms_again_and_keeps_its_first_date(learner, path, now):
    deck = skill(path).deck_id
    learn(learner, deck, now)
    states.update(learner, now)
    later = now + 12 * MONTH
    states.update(learner, later)
    assert rows(learner)[0].faded_at == later
    for card in db.session.scalars(db.select(Card).where(Card.deck_id == deck)).all():
        answer(learner, card, Rating.Good, later)
    states.update(learner, later)
    assert rows(learner)[0].faded_at is None and rows(learner)[0].known_at == now
    assert state(learner, path, later).name == "known"
    assert stage(learner, path, later) == "bloom"


def test_a_new_card_makes_a_known_skill_fade_and_says_so(learner, path, now):
    learn(learner, skill(path).deck_id, now)
    states.update(learner, now)
    make_card(skill(path).deck)
    found = state(learner, path, now)
    assert found.name == "fading" and found.reason.endswith("1 card of 4 not seen yet.")


def test_a_skipped_skill_is_skipped_since_its_day_whatever_it_was(learner, path, now):
    learn(learner, skill(path).deck_id, now)
    states.update(learner, now)
    paths.skip(learner.id, skill(path), now + timedelta(days=1))
    found = state(learner, path, now + MONTH)
    assert (found.name, found.since_words) == ("skipped", "24 November 2026")
    assert rows(learner)[0].faded_at is None


def test_nothing_is_kept_of_a_path_that_is_not_studied(learner, path, now):
    other = make_path([make_deck(1)], slug="other")
    learn(learner, skill(other).deck_id, now)
    states.update(learner, now)
    assert rows(learner) == []


def test_another_learner_knows_nothing_of_it(learner, path, now):
    learn(learner, skill(path).deck_id, now)
    states.update(learner, now)
    eve = make_user(name="Eve")
    enrol(eve, path)
    assert state(eve, path, now).name == "not started"


def standing(predicted, *, known=False):
    """Ten cards seen and passed, with this mean recall in 30 days."""
    ahead, variance = 10 * predicted, 0.0 if known else 10 * 0.25
    return Standing(10, 10, 9.5, ahead, variance, 10)


@pytest.mark.parametrize(
    ("now_is", "was", "name"),
    [
        (standing(0.95, known=True), None, "known"),
        (standing(0.89), None, "learning"),
        (standing(0.89), "known", "known"),
        (standing(0.87), "known", "fading"),
        (standing(0.89), "faded", "fading"),
        (standing(0.95, known=True), "faded", "known"),
    ],
)
def test_what_was_known_stays_so_until_it_is_clearly_lost(learner, now, now_is, was, name):
    if isinstance(was, str):
        was = KnownSkill(known_at=now - MONTH, faded_at=now if was == "faded" else None)
    today = settings.today(learner.settings, now)
    assert states.of(learner.settings, now_is, today, was).name == name
