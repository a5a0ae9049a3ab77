"""Finding paths, studying and leaving them, skipping a skill, and what that means for the queue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cards import queue, study
from cards.scheduler import Rating
from tests.factories import answer, enrol, make_deck, make_path, make_skill, make_user
from tracker import paths
from tracker.db import db, writing
from tracker.errors import NotFound
from tracker.models import SectionSkill, Skill


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        yield make_user()


def skills_of(path):
    return [place.skill for place in paths.places(path.id, None)]


def test_a_path_is_found_by_the_words_of_its_skills(learner):
    path = make_path([make_deck()], slug="gardening")
    make_path([make_deck()], slug="cooking")
    skills_of(path)[0].title = "Pruning 100% of roses"
    db.session.flush()

    for query in ("garden", "PRUNING", "roses gardening", "100%", ""):
        found = {row.path.slug for row in paths.find(query, learner.id)}
        assert "gardening" in found
    for query in ("pruning", "100%", "%oses", "gard_ning"):
        assert "cooking" not in {row.path.slug for row in paths.find(query, learner.id)}
    assert paths.find("gard_ning", None) == []


def test_the_list_says_how_large_a_path_is_and_whether_it_is_studied(learner):
    path = make_path([make_deck(3), make_deck(4)], sections=2)
    enrol(learner, path)

    (row,) = paths.find("", learner.id)
    assert (row.sections, row.skills, row.cards, row.enrolled) == (2, 2, 7, True)
    assert paths.find("", make_user().id)[0].enrolled is False


def test_enrolling_twice_is_the_same_as_once(learner, now):
    path = make_path()
    paths.enrol(learner.id, path, now)
    paths.enrol(learner.id, path, now + timedelta(days=1))
    db.session.flush()
    assert paths.is_enrolled(learner.id, path.id)
    assert len(paths.studied(learner.id)) == 1


def test_who_leaves_and_comes_back_finds_every_memory(learner, now):
    deck = make_deck(2)
    path = make_path([deck])
    paths.enrol(learner.id, path, now)
    card = db.session.scalars(queue.select(queue.Card)).first()
    answer(learner, card, Rating.Easy, now)

    paths.leave(learner.id, path, now)
    assert paths.scope(learner.id, "").decks == ()
    paths.enrol(learner.id, path, now + timedelta(days=60))
    later = now + timedelta(days=60)
    day = study.day_of(learner.settings, later)
    plan = queue.make(learner.settings, day, paths.scope(learner.id, "").decks)
    assert card.id in plan.cards


def test_a_skipped_skill_is_left_out_until_it_is_taken_back(learner, now):
    path = make_path([make_deck(), make_deck()])
    enrol(learner, path)
    first, second = skills_of(path)
    paths.skip(learner.id, first, now)
    paths.skip(learner.id, first, now)
    assert paths.scope(learner.id, "").decks == (second.deck_id,)
    assert paths.scope(learner.id, f"skill-{first.id}").decks == (first.deck_id,)

    paths.unskip(learner.id, first)
    assert paths.scope(learner.id, "").decks == (first.deck_id, second.deck_id)


def test_skipping_is_each_learners_own(learner, now):
    path = make_path()
    other = make_user()
    for one in (learner, other):
        enrol(one, path)
    paths.skip(learner.id, skills_of(path)[0], now)
    assert paths.scope(other.id, "").decks


def test_a_skill_in_two_paths_is_studied_once(learner):
    deck = make_deck()
    first = make_path([deck], slug="first")
    second = make_path([make_deck()], slug="second")
    place = paths.places(second.id, None)[0]
    shared = skills_of(first)[0]
    db.session.add(SectionSkill(section_id=place.section.id, skill_id=shared.id, position=9))
    for path in (first, second):
        enrol(learner, path)

    assert paths.scope(learner.id, "").decks == (deck.id, place.skill.deck_id)
    paths.leave(learner.id, first, first.installed_at)
    assert set(paths.scope(learner.id, "").decks) == {deck.id, place.skill.deck_id}


def test_scopes_name_what_is_studied_and_its_page(learner):
    path = make_path([make_deck(), make_deck()], sections=2)
    enrol(learner, path)
    place = paths.places(path.id, None)[1]

    section = paths.scope(learner.id, f"section-{place.section.id}")
    skill = paths.scope(learner.id, f"skill-{place.skill.id}")
    assert (section.name, section.home) == ("Section 1", "/paths/path#section-1")
    assert section.decks == skill.decks == (place.skill.deck_id,)
    assert skill.home == f"/paths/path/{place.skill.slug}"
    assert len(paths.scope(learner.id, f"path-{path.id}").decks) == 2


@pytest.mark.parametrize("kind", ["path", "section", "skill"])
def test_what_is_not_studied_cannot_be_a_scope(learner, kind):
    path = make_path()
    place = paths.places(path.id, None)[0]
    number = {"path": path.id, "section": place.section.id, "skill": place.skill.id}[kind]
    for key in (f"{kind}-{number}", f"{kind}-999999"):
        with pytest.raises(NotFound):
            paths.scope(learner.id, key)


def test_neighbours_are_what_comes_before_and_after(learner):
    path = make_path([])
    before, middle, after = (make_skill(path, make_deck()) for _ in range(3))
    link = paths.Prerequisite
    db.session.add(link(skill_id=middle.id, requires_id=before.id))
    db.session.add(link(skill_id=after.id, requires_id=middle.id))
    db.session.flush()
    assert paths.neighbours(middle.id) == ([before], [after])


def test_retired_skills_are_gone_from_the_path(learner, now):
    path = make_path([make_deck(), make_deck()])
    enrol(learner, path)
    gone, stays = skills_of(path)
    gone.retired_at = now
    db.session.flush()
    assert skills_of(path) == [stays]
    assert paths.scope(learner.id, "").decks == (stays.deck_id,)
    with pytest.raises(NotFound):
        paths.skill("path", gone.slug)


def test_unknown_names_are_not_found(learner):
    make_path()
    with pytest.raises(NotFound):
        paths.get("nowhere")
    with pytest.raises(NotFound):
        paths.skill("path", "nothing")
    assert db.session.scalar(queue.select(Skill.id)) is not None
