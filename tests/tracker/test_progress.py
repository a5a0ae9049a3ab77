"""What Today and the garden say: counts by section, what was done, how each skill stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import fsrs
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as HYPOTHESIS
from hypothesis import strategies as st

from cards import marks, recall, reviews, scheduler, settings
from cards.mastery import Recall, standing
from cards.models import Card, Memory
from cards.scheduler import Rating
from tests.factories import answer, enrol, make_deck, make_path, make_user
from tracker import paths, progress
from tracker.db import db, writing
from tracker.models import Section, SectionSkill


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        yield make_user(new_per_day=4)


@pytest.fixture
def path(learner):
    path = make_path([make_deck(3), make_deck(3)], sections=2)
    enrol(learner, path)
    return path


def cards(deck_id):
    rows = db.select(Card).where(Card.deck_id == deck_id).order_by(Card.position)
    return db.session.scalars(rows).all()


def decks(path):
    return [place.skill.deck_id for place in paths.places(path.id, None)]


def test_today_counts_by_section_what_the_limits_let_through(learner, path, now):
    today = progress.today(learner, now)
    assert today.counts.new == 4
    assert [section.counts.new for section in today.paths[0].sections] == [3, 1]
    assert today.done.held_new == 2 and today.done.empty


def test_today_says_what_was_done_and_when_the_next_card_comes(learner, path, now):
    for deck in decks(path):
        for card in cards(deck):
            answer(learner, card, Rating.Easy, now, duration=60_000)
    today = progress.today(learner, now)

    assert today.counts.total == 0
    assert (today.done.answers, today.done.minutes, today.done.new) == (6, 6.0, 6)
    assert today.done.next_due > now and today.done.next_words.startswith("in ")


def test_somebody_who_studies_nothing_is_told_so(app, now):
    with app.app_context(), writing():
        assert not progress.today(make_user(), now).enrolled


def test_a_card_in_learning_steps_is_counted_where_it_stands(learner, path, now):
    answer(learner, cards(decks(path)[1])[0], Rating.Again, now)
    sections = progress.today(learner, now).paths[0].sections
    assert [section.counts.learning for section in sections] == [0, 1]


def test_the_garden_grows_with_what_is_seen(learner, path, now):
    first = decks(path)[0]
    stages = []
    for card in [None, *cards(first)]:
        if card is not None:
            answer(learner, card, Rating.Good, now)
        stages.append(progress.path(path, learner, now).sections[0].skills[0].stage)
    assert stages == ["seed", "sprout", "leaf", "bud"]


def test_sums_of_the_database_equal_the_arithmetic_on_each_memory(learner, path, now):
    deck = decks(path)[0]
    for place, card in enumerate(cards(deck)):
        for days in range(0, 40, 4 + place):
            answer(learner, card, Rating(3 if days else 1), now + timedelta(days=days))
    later = now + timedelta(days=70)
    today = settings.today(learner.settings, later)
    (found,) = recall.standings(learner.settings, today, {deck: 3}).values()

    memories = db.session.scalars(db.select(Memory).where(Memory.user_id == learner.id))
    seen = [Recall(one.stability, one.last_day, one.passes) for one in memories]
    decay = scheduler.decay_of(settings.scheduling(learner.settings))
    said = standing(3, seen, today, decay)
    for name in ("cards", "seen", "passed"):
        assert getattr(found, name) == getattr(said, name)
    for name in ("remembered", "ahead", "variance"):
        assert getattr(found, name) == pytest.approx(getattr(said, name), abs=1e-9)


def test_recall_falls_when_nothing_is_reviewed(learner, path, now):
    for card in cards(decks(path)[0]):
        answer(learner, card, Rating.Good, now)
    values = [
        progress.path(path, learner, now + timedelta(days=days)).standing.recall
        for days in (0, 5, 30, 200)
    ]
    assert values == sorted(values, reverse=True) and values[-1] < values[0] <= 0.5


def test_for_an_evening_learner_midnight_changes_nothing_and_four_does(learner, path, now):
    learner.settings.zone = "Europe/Berlin"
    evening, later = (datetime(2026, 11, 23, hour, 30, tzinfo=UTC) for hour in (22, 23))
    for at in (evening, later):  # half past eleven, half past midnight
        for card in cards(decks(path)[0]):
            answer(learner, card, Rating.Good, at)
    found = [
        progress.path(path, learner, later + timedelta(minutes=minutes)).standing
        for minutes in (209, 211)  # a minute before and after four
    ]
    assert [one.passed for one in found] == [0, 0]
    assert found[0].remembered == 3 > found[1].remembered


def test_a_traveller_whose_day_goes_back_remembers_no_more_than_everything(learner, path, now):
    learner.settings.zone = "Pacific/Auckland"
    for card in cards(decks(path)[0]):
        answer(learner, card, Rating.Again, now)
    home = progress.path(path, learner, now).standing
    learner.settings.zone = "Pacific/Honolulu"
    db.session.flush()
    away = progress.path(path, learner, now).standing
    assert home.remembered == away.remembered == 3
    week = [progress.path(path, learner, now + timedelta(days=day)) for day in range(7)]
    shares = [view.standing.recall for view in week]
    assert shares == sorted(shares, reverse=True) and shares[-1] < shares[0]


def test_everything_taken_back_is_a_seed_again(learner, path, now):
    done = answer(learner, cards(decks(path)[0])[0], Rating.Good, now)
    reviews.undo(learner.settings, done.review.id, now)
    db.session.flush()
    assert progress.path(path, learner, now).sections[0].skills[0].stage == "seed"


def test_a_visitor_sees_the_garden_as_seeds(learner, path, now):
    view = progress.path(path, None, now)
    assert (view.cards, view.skills, view.enrolled) == (6, 2, False)
    assert {row.stage for section in view.sections for row in section.skills} == {"seed"}


def test_the_page_of_a_skill_lists_its_cards_with_their_state(learner, path, now):
    skill = paths.places(path.id, None)[0].skill
    first, second, third = cards(skill.deck_id)
    answer(learner, first, Rating.Easy, now)
    marks.apply("suspend", learner.settings, second.id, now)
    marks.apply("bury", learner.settings, third.id, now)
    db.session.flush()
    view = progress.skill(path, skill, learner, now)

    assert [row.state_words for row in view.cards] == ["review", "suspended", "buried"]
    assert view.cards[0].recall == 1.0 and view.cards[0].due_words.startswith("in ")
    assert view.before is None and view.after.skill.title.startswith("Skill")
    assert view.row.counts.total == 0


def test_a_visitor_sees_a_skill_without_anybodys_memories(learner, path, now):
    skill = paths.places(path.id, None)[0].skill
    answer(learner, cards(skill.deck_id)[0], Rating.Easy, now)
    view = progress.skill(path, skill, None, now)
    assert [row.memory for row in view.cards] == [None] * 3
    assert view.row.stage == "seed"


FAR = HYPOTHESIS(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ANSWERS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 400), st.sampled_from(list(Rating))), max_size=15
)


@FAR
@given(answers=ANSWERS, after=st.integers(0, 2000))
def test_remembered_is_the_sum_of_recall_by_fsrs_over_all_cards(learner, now, answers, after):
    deck = make_deck(3)
    for card, day, rating in sorted(answers, key=lambda one: one[1]):
        answer(learner, cards(deck.id)[card], rating, now + timedelta(days=day))
    later = now + timedelta(days=400 + after)
    today = settings.today(learner.settings, later)
    (found,) = recall.standings(learner.settings, today, {deck.id: 3}).values()

    reference, said = fsrs.Scheduler(), 0.0
    for memory in db.session.scalars(db.select(Memory).join(Card).where(Card.deck_id == deck.id)):
        at = fsrs.Card(card_id=1, stability=memory.stability, difficulty=memory.difficulty)
        at.last_review = later - timedelta(days=today - memory.last_day)
        said += reference.get_card_retrievability(at, later)
    assert found.remembered == pytest.approx(said, abs=1e-9)
    assert 0 <= found.recall <= found.covered <= 1


@FAR
@given(answers=ANSWERS, first=st.integers(0, 500), more=st.integers(0, 500))
def test_remembered_never_rises_without_a_review(learner, now, answers, first, more):
    deck = make_deck(3)
    for card, day, rating in sorted(answers, key=lambda one: one[1]):
        answer(learner, cards(deck.id)[card], rating, now + timedelta(days=day))
    start = settings.today(learner.settings, now)
    early, late = (
        recall.standings(learner.settings, start + day, {deck.id: 3})[deck.id].remembered
        for day in (first, first + more)
    )
    assert late <= early + 1e-12


def test_a_skill_in_two_sections_counts_once_for_its_path(learner, now):
    deck = make_deck(3)
    path = make_path([deck], sections=2)
    skill = paths.places(path.id, None)[0].skill
    other = db.session.scalars(db.select(Section).where(Section.path_id == path.id)).all()[1]
    db.session.add(SectionSkill(section_id=other.id, skill_id=skill.id, position=0))
    db.session.flush()
    view = progress.path(path, learner, now)
    assert [section.standing.cards for section in view.sections] == [3, 3] and view.cards == 3
