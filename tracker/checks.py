"""The closing check: does a learner recall, unhinted and in one sitting, what a skill holds?

A skill that is known offers one. Up to twenty of its cards are asked, those not answered for
longest first. What a machine can compare is typed and compared; of the rest the learner writes
something down first and then judges it. Every answer is a review as any other: right is Good,
wrong is Again. Four in five pass. One check a study day for each skill, finished or not; after a
failed one the skill has to be known again, so that what a certificate says is true.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import joinedload

from cards import reviews, settings, typed
from cards.models import Card, Memory, Note
from cards.scheduler import Rating
from tracker.db import db
from tracker.errors import NotFound, Refused
from tracker.models import Certificate, ClosingCheck, Skill, User

MOST = 20  # cards; a deck of fewer is asked whole
PASS = 0.80
SITTING = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Question:
    """A card of a check, by its place from 0: to be answered, to be judged, or answered."""

    check: ClosingCheck
    number: int
    card: Card
    wrote: str | None
    right: bool | None
    compared: bool
    parts: Sequence[typed.Part] = ()

    @property
    def total(self) -> int:
        """How many cards are asked."""
        return len(self.check.cards)

    @property
    def is_last(self) -> bool:
        """Whether it is the last one."""
        return self.number + 1 == self.total


@dataclass(frozen=True, slots=True)
class Offer:
    """What a learner can do about the certificate of a skill: take a `check`, go on with `open`,
    claim it after `passed`, look at `certificate`; or wait until tomorrow.
    """

    ready: bool = False
    open: ClosingCheck | None = None
    passed: ClosingCheck | None = None
    tomorrow: bool = False
    certificate: Certificate | None = None


def offer(user: User, skill: Skill, known: bool, now: datetime) -> Offer:
    """What the page of a skill offers, in two statements; `known` says whether it is."""
    held = db.session.scalar(
        select(Certificate)
        .where(Certificate.user_id == user.id, Certificate.skill_id == skill.id)
        .where(Certificate.withdrawn_at.is_(None), Certificate.revoked_at.is_(None))
        .order_by(Certificate.awarded_at.desc())
        .limit(1)
    )
    check = newest(user.id, skill.id)
    if held is not None:
        return Offer(certificate=held)
    if check is not None and check.passed and passed(user.id, [skill]):
        return Offer(passed=check)
    if check is not None and is_open(check, now):
        return Offer(open=check)
    today = check is not None and check.day == settings.today(user.settings, now)
    return Offer(ready=known and not today, tomorrow=today and known)


def start(user: User, skill: Skill, known: bool, now: datetime) -> ClosingCheck:
    """Begin a check, or go on with the one that is open; Refused when none may be taken now."""
    found = offer(user, skill, known, now)
    if found.open or found.passed:
        return found.open or found.passed  # type: ignore[return-value]
    if found.certificate:
        raise Refused("You hold the certificate of this skill: reviewing keeps it.")
    if found.tomorrow:
        raise Refused("One closing check a day: try again tomorrow.")
    if not found.ready:
        raise Refused("The closing check opens when the skill is known.")
    check = ClosingCheck(
        user_id=user.id,
        id=uuid.uuid4(),
        skill_id=skill.id,
        day=settings.today(user.settings, now),
        started_at=now,
        cards=_drawn(user.id, skill),
        answers=[],
    )
    db.session.add(check)
    return check


def get(user_id: int, check_id: uuid.UUID) -> ClosingCheck:
    """The learner's own check of that id; NotFound for anything else."""
    check = db.session.get(ClosingCheck, (user_id, check_id))
    if check is None:
        raise NotFound("There is no such closing check.")
    return check


def newest(user_id: int, skill_id: int) -> ClosingCheck | None:
    """The learner's last check of a skill."""
    return db.session.scalar(
        select(ClosingCheck)
        .where(ClosingCheck.user_id == user_id, ClosingCheck.skill_id == skill_id)
        .order_by(ClosingCheck.started_at.desc())
        .limit(1)
    )


def passed(user_id: int, skills: Sequence[Skill]) -> dict[int, ClosingCheck]:
    """The last check that was passed of each of these skills; the order is theirs.

    One whose certificate was revoked does not count; one whose certificate was withdrawn does.
    """
    revoked = exists().where(
        Certificate.user_id == ClosingCheck.user_id,
        Certificate.skill_id == ClosingCheck.skill_id,
        Certificate.awarded_at == ClosingCheck.finished_at,
        Certificate.revoked_at.is_not(None),
    )
    rows = db.session.scalars(
        select(ClosingCheck)
        .where(ClosingCheck.user_id == user_id, ClosingCheck.passed.is_(True), ~revoked)
        .where(ClosingCheck.skill_id.in_([skill.id for skill in skills]))
        .order_by(ClosingCheck.finished_at)
    )
    last = {row.skill_id: row for row in rows}
    return {skill.id: last[skill.id] for skill in skills if skill.id in last}


def is_open(check: ClosingCheck, now: datetime) -> bool:
    """Whether it can still be answered: it is not finished, and the sitting is not over."""
    return check.finished_at is None and now < check.started_at + SITTING


def question(check: ClosingCheck, number: int | None = None) -> Question | None:
    """The card at a place, or the one whose turn it is; None when all are answered."""
    at = _turn(check) if number is None else number
    if not 0 <= at <= _turn(check) or at >= len(check.cards):
        return None
    card = _card(check.cards[at])
    texts = typed.expected(card)
    if at >= len(check.answers):
        return Question(check, at, card, None, None, bool(texts))
    given = check.answers[at]
    wrong = given["compared"] and not given["right"]
    parts = typed.difference(given["wrote"], texts[0]) if wrong and texts else ()
    parts = parts if typed.is_near(parts) else ()  # two different words make a riddle
    return Question(check, at, card, given["wrote"], given["right"], given["compared"], parts)


def write(
    user: User, check: ClosingCheck, number: int, wrote: str, duration: int, now: datetime
) -> None:
    """Keep what was written for a card, and compare it if it can be; once, however often sent.

    `duration` in milliseconds. Refused for nothing written, too much, out of turn, or too late.
    """
    if number < len(check.answers):
        return
    _in_time(check, number, now)
    wrote = wrote.strip()
    if not wrote:
        raise Refused("Write something down first, even if it is only a guess.", "wrote")
    if len(wrote) > typed.LONGEST:
        raise Refused(f"At most {typed.LONGEST:,} characters.", "wrote")
    texts = typed.expected(_card(check.cards[number]))
    given = {"wrote": wrote, "right": None, "compared": bool(texts), "duration": duration}
    check.answers = [*check.answers, given]
    if texts:
        judge(user, check, number, typed.right(wrote, texts), now)


def judge(user: User, check: ClosingCheck, number: int, right: bool, now: datetime) -> None:
    """Say whether the answer to a card was right, which makes it a review; once only."""
    if number < len(check.answers) and check.answers[number]["right"] is not None:
        return
    _in_time(check, number, now)
    if number >= len(check.answers):
        raise Refused("Write something down first, even if it is only a guess.")
    given = check.answers[number] | {"right": right}
    check.answers = [*check.answers[:number], given]
    rating = Rating.Good if right else Rating.Again
    review_id = uuid.uuid5(check.id, str(number))
    reviews.answer(
        user.settings, check.cards[number], review_id, rating, given.get("duration", 0), now
    )
    if len(check.answers) == len(check.cards):
        check.finished_at = now
        check.passed = share(check) >= PASS


def share(check: ClosingCheck) -> float:
    """The share of the cards that was right."""
    return rights(check) / len(check.cards)


def rights(check: ClosingCheck) -> int:
    """How many answers were right."""
    return sum(bool(given["right"]) for given in check.answers)


def wrong(check: ClosingCheck) -> list[Card]:
    """The cards that were not recalled, to be named."""
    pairs = zip(check.cards, check.answers, strict=False)
    missed = [card_id for card_id, given in pairs if given["right"] is False]
    cards = {card.id: card for card in db.session.scalars(_cards().where(Card.id.in_(missed)))}
    return [cards[card_id] for card_id in missed if card_id in cards]


def _turn(check: ClosingCheck) -> int:
    """The place whose turn it is: the first one not answered and judged."""
    waits = bool(check.answers) and check.answers[-1]["right"] is None
    return len(check.answers) - waits


def _in_time(check: ClosingCheck, number: int, now: datetime) -> None:
    if number != _turn(check):
        raise Refused("Another card's turn has come. Reload the page.")
    if not is_open(check, now):
        raise Refused("The sitting is over: a check is answered within two hours.")


def _drawn(user_id: int, skill: Skill) -> list[int]:
    rows = db.session.scalars(
        select(Card.id)
        .join(Memory, and_(Memory.card_id == Card.id, Memory.user_id == user_id))
        .where(Card.deck_id == skill.deck_id, Card.retired_at.is_(None))
        .order_by(Memory.last_review, Card.id)
        .limit(MOST)
    )
    return list(rows)


def _card(card_id: int) -> Card:
    return db.session.scalars(_cards().where(Card.id == card_id)).one()


def _cards() -> Select[Card]:
    whole = joinedload(Card.note, innerjoin=True).joinedload(Note.deck, innerjoin=True)
    return select(Card).options(whole)
