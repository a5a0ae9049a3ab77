"""The closing check: who may take it, how it is answered, and what it makes of the answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cards.models import Review
from tests.factories import cards_of, enrol, learn, make_card, make_deck, make_path, make_user
from tracker import checks, states
from tracker.db import db
from tracker.errors import NotFound, Refused
from tracker.models import Skill

RUN = {"question": "```python run\nprint(1)\n```", "answer": "```text output\n[1, 2]\n```"}


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


@pytest.fixture
def known(now):
    """A learner and a skill of twelve cards that is known; one of them has an output."""
    deck = make_deck(11)
    make_card(deck, **RUN)
    path = make_path([deck])
    user = make_user()
    enrol(user, path)
    learn(user, deck, now)
    return user, db.session.scalars(select(Skill)).one()


def begin(user, skill, now):
    check = checks.start(user, skill, states.knows(user, skill, now), now)
    db.session.flush()
    return check


def reply(user, check, number, right, now):
    """Answer one card rightly or wrongly, whichever kind it is."""
    question = checks.question(check, number)
    wrote = "[1,2]" if right else "no idea"
    checks.write(user, check, number, wrote, 4000, now)
    if not question.compared:
        checks.judge(user, check, number, right, now)
    db.session.flush()


def take(user, skill, now, rights):
    check = begin(user, skill, now)
    for number in range(len(check.cards)):
        reply(user, check, number, number < rights, now)
    return check


def reviews_of(user):
    mine = select(func.count()).where(Review.user_id == user.id)
    return db.session.scalar(mine)


def test_a_skill_that_is_not_known_offers_no_check(now):
    deck = make_deck(3)
    make_path([deck])
    user, skill = make_user(), db.session.scalars(select(Skill)).one()
    with pytest.raises(Refused, match="when the skill is known"):
        begin(user, skill, now)


def test_all_cards_of_a_small_deck_are_asked_the_oldest_reviews_first(known, now):
    user, skill = known
    check = begin(user, skill, now)
    assert check.cards == [card.id for card in cards_of(skill.deck)]


def test_no_more_than_twenty_are_asked(now):
    deck = make_deck(25)
    user = make_user()
    enrol(user, make_path([deck]))
    learn(user, deck, now)
    check = begin(user, db.session.scalars(select(Skill)).one(), now)
    assert check.cards == [card.id for card in cards_of(deck)[:20]]


@pytest.mark.parametrize(("rights", "passes"), [(12, True), (10, True), (9, False), (0, False)])
def test_four_in_five_pass(known, now, rights, passes):
    check = take(*known, now, rights)
    assert (check.passed, checks.rights(check)) == (passes, rights)
    assert check.finished_at == now


def test_every_answer_is_a_review_good_or_again(known, now):
    user, skill = known
    before = reviews_of(user)
    check = take(user, skill, now, rights=7)
    assert reviews_of(user) == before + 12
    rows = db.session.scalars(select(Review).where(Review.stored_at == now)).all()
    assert {row.card_id: row.rating for row in rows} == {
        card: 3 if number < 7 else 1 for number, card in enumerate(check.cards)
    }


def test_what_a_machine_can_compare_is_judged_by_it_alone(known, now):
    user, skill = known
    check = begin(user, skill, now)
    for number in range(11):
        reply(user, check, number, True, now)
    checks.write(user, check, 11, "[1, 3]", 1000, now)
    assert check.answers[11]["right"] is False
    checks.judge(user, check, 11, True, now)
    assert check.answers[11]["right"] is False
    parts = checks.question(check, 11).parts
    assert [part.text for part in parts if part.kind != "same"] == ["3", "2"]


@pytest.mark.parametrize(
    ("number", "wrote", "said"),
    [
        (0, "", "Write something down first"),
        (0, " \n ", "Write something down first"),
        (0, "x" * 2001, "At most 2,000"),
        (1, "too early", "Another card's turn"),
        (99, "no such card", "Another card's turn"),
    ],
)
def test_bad_answers_are_refused_and_nothing_is_kept(known, now, number, wrote, said):
    check = begin(*known, now)
    with pytest.raises(Refused, match=said):
        checks.write(known[0], check, number, wrote, 0, now)
    assert check.answers == []


def test_a_card_cannot_be_judged_before_something_was_written(known, now):
    check = begin(*known, now)
    with pytest.raises(Refused, match="Write something down"):
        checks.judge(known[0], check, 0, True, now)


def test_an_answer_counts_once_however_often_it_is_sent(known, now):
    user, skill = known
    check = begin(user, skill, now)
    before = reviews_of(user)
    for _ in range(3):
        reply(user, check, 0, False, now)
        checks.judge(user, check, 0, True, now)
    assert (len(check.answers), check.answers[0]["right"]) == (1, False)
    assert reviews_of(user) == before + 1


def test_a_sitting_is_over_after_two_hours(known, now):
    user, skill = known
    check = begin(user, skill, now)
    late = now + checks.SITTING
    with pytest.raises(Refused, match="sitting is over"):
        checks.write(user, check, 0, "late", 0, late)
    assert not checks.is_open(check, late) and checks.is_open(check, late - timedelta(seconds=1))


def test_beginning_again_goes_on_with_the_open_check(known, now):
    assert begin(*known, now) is begin(*known, now + timedelta(minutes=5))


@pytest.mark.parametrize("rights", [0, None], ids=["failed", "left"])
def test_another_check_can_be_taken_on_a_later_study_day_only(known, now, rights):
    user, skill = known
    first = begin(user, skill, now) if rights is None else take(user, skill, now, rights)
    with pytest.raises(Refused, match="try again tomorrow"):
        checks.start(user, skill, True, now + timedelta(hours=3))
    second = checks.start(user, skill, True, now + timedelta(days=1))
    assert second.id != first.id


def test_after_a_failed_check_the_skill_has_to_be_known_again(known, now):
    user, skill = known
    take(user, skill, now, rights=0)
    with pytest.raises(Refused, match="when the skill is known"):
        begin(user, skill, now + timedelta(days=1))


def test_a_failed_check_names_the_cards(known, now):
    check = take(*known, now, rights=9)
    assert [card.id for card in checks.wrong(check)] == check.cards[9:]


def test_nobody_elses_check_is_found(known, now):
    check = begin(*known, now)
    with pytest.raises(NotFound):
        checks.get(make_user().id, check.id)
