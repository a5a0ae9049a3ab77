"""Answer a card and take an answer back. The log is the truth; a memory is a fold over it.

A review's id is made before the answer, from the learner, the card and how often it was answered:
whoever sends it again, from wherever, sends the same review.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, or_, select

from cards import plans, scheduler, settings
from cards.models import Card, Deck, Memory, Review, SchedulerSettings, StudyDay
from cards.scheduler import Rating, State
from tracker.db import EPOCH, MILLISECOND, BigKey, add, db, milliseconds, put, read, table, together
from tracker.errors import NotFound, Refused

LONGEST = 10 * 60 * 1000  # milliseconds; whoever takes longer was away
_NAMES = uuid.UUID("6b1f1ad6-5a5e-5e0c-9d0a-7c2a4c0f6f0e")
FIELDS = (
    "state step stability difficulty due due_day last_review last_day interval reps lapses "
    "passes last_pass_day"
).split()

# Built once, since every answer runs it: the card, its memory, and what was sent under the id.
_USER: BindParameter[int] = bindparam("user_id", type_=BigKey)
_CARD, _DECK, _MEMORY, _SENT = table(Card), table(Deck), table(Memory), table(Review)
_ANSWERED = (
    select(_CARD.c.deck_id, _CARD.c.changed_at, _MEMORY.c.first_day, _MEMORY.c.answers)
    .add_columns(*(_MEMORY.c[name] for name in FIELDS))
    .add_columns(_SENT.c.card_id.label("sent_card"), _SENT.c.rating.label("sent_rating"))
    .join(_DECK, _DECK.c.id == _CARD.c.deck_id)
    .outerjoin(_MEMORY, and_(_MEMORY.c.user_id == _USER, _MEMORY.c.card_id == _CARD.c.id))
    .outerjoin(_SENT, and_(_SENT.c.user_id == _USER, _SENT.c.id == bindparam("review_id")))
    .where(_CARD.c.id == bindparam("card_id"))
    .where(or_(_DECK.c.owner_id.is_(None), _DECK.c.owner_id == _USER))
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer; `repeated` if it was in the log before."""

    review: Review
    day: StudyDay
    repeated: bool


def coming_id(user_id: int, card_id: int, answers: int) -> uuid.UUID:
    """The id of the review that follows `answers` rows of the log for this card."""
    return uuid.uuid5(_NAMES, f"{user_id}/{card_id}/{answers}")


def seed(user_id: int, card_id: int) -> str:
    """What spreads the intervals of one learner's card, the same at every replay."""
    return f"{user_id}/{card_id}"


def answer(
    who: SchedulerSettings,
    card_id: int,
    review_id: uuid.UUID,
    rating: Rating,
    duration: int,
    now: datetime,
    at: datetime | None = None,
) -> Answered:
    """Store one answer and the memory it makes, once, however often it is sent.

    `duration` in milliseconds, `at` when the learner answered (`now` if not given; a time in the
    future counts as now, an earlier one is put in its place). NotFound for an unknown card,
    Refused for an id that stands in the log with another answer.
    """
    today = plans.study_day(who.user_id, settings.today(who, now))
    found = _load(who.user_id, card_id, review_id)
    if found.sent_card is not None:
        _same(found, card_id, rating)
        sent = db.session.get_one(Review, (who.user_id, review_id))
        return Answered(sent, today, repeated=True)
    before = state_of(found)
    last = before.last_review if before else None
    at = scheduler.clamp(at or now, now, last)
    review = _row(who, card_id, review_id, rating, duration, at, now)
    if last is not None and at < last:
        after = _fit_in(who, found.changed_at, review)
    else:
        after = _apply(who, before, review)
    first = review.day if found.first_day is None else min(review.day, found.first_day)
    _count(today, review, +1)
    plans.drop(today, card_id)
    with together():
        add(review)
        _remember(review, after, first, (found.answers or 0) + 1)
        plans.keep(today)
    return Answered(review, today, repeated=False)


def undo(who: SchedulerSettings, review_id: uuid.UUID, now: datetime) -> Review:
    """Take back an answer of this study day: the memory is what it was, and the card comes next.

    The row stays in the log, marked. Taking back twice is the same as once. NotFound for an
    unknown review, Refused for one of an earlier day.
    """
    today = plans.study_day(who.user_id, settings.today(who, now))
    review = db.session.get(Review, (who.user_id, review_id))
    if review is None:
        raise NotFound
    if review.undone_at is not None:
        return review
    if review.day != today.day:
        raise Refused("Only answers of today can be taken back.")
    review.undone_at = now
    found = _load(who.user_id, review.card_id, review_id)
    steps = replay(who, found.changed_at, _log(who.user_id, review.card_id))
    after = steps[-1][1] if steps else scheduler.new(now, settings.scheduling(who))
    _remember(review, after, steps[0][0].day if steps else None, found.answers)
    _count(today, review, -1)
    _put_back(today, review.card_id, found.deck_id, after)
    plans.keep(today)
    return review


def last(user_id: int, day: int) -> Review | None:
    """The newest answer of the study day that was not taken back: what undo is about."""
    return db.session.scalar(
        select(Review)
        .where(Review.user_id == user_id, Review.day == day, Review.undone_at.is_(None))
        .order_by(Review.stored_at.desc(), Review.reviewed_at.desc())
        .limit(1)
    )


def replay(
    who: SchedulerSettings, changed_at: datetime | None, rows: Sequence[Review]
) -> list[tuple[Review, scheduler.Memory]]:
    """Each answer that was not taken back, by time, with the memory it makes.

    It is replayed on its own study day, with the parameters and desired retention of that time. If
    the card's meaning changed after the last answer, that makes the last memory due.
    """
    steps: list[tuple[Review, scheduler.Memory]] = []
    given = settings.parameters_then(who, rows)
    for row in sorted(rows, key=lambda row: (row.reviewed_at, row.id.hex)):
        if row.undone_at is None:
            before = steps[-1][1] if steps else None
            steps.append((row, _after(who, before, row, given[row])))
    if steps and changed_at is not None:
        row, memory = steps[-1]
        steps[-1] = row, scheduler.made_due(memory, changed_at, settings.scheduling(who))
    return steps


def parts(review: Review) -> dict[str, int]:
    """What one answer adds to the counts of its study day."""
    kind = review.before[0] if review.before else State.New
    return {
        "answers": 1,
        "new": int(kind == State.New),
        "reviews": int(kind == State.Review),
        "passed": int(kind == State.Review and review.rating > Rating.Again),
        "milliseconds": review.duration,
    }


def state_of(memory: Memory | Row[Any] | None) -> scheduler.Memory | None:
    """The scheduler's view of a stored memory, or of a row with its columns."""
    if memory is None or not memory.state:
        return None
    values = {name: getattr(memory, name) for name in FIELDS}
    return scheduler.Memory(**values | {"state": State(memory.state)})


def _load(user_id: int, card_id: int, review_id: uuid.UUID) -> Row[Any]:
    row = read(_ANSWERED, user_id=user_id, card_id=card_id, review_id=review_id).first()
    if row is None:
        raise NotFound
    return row


def _log(user_id: int, card_id: int) -> Sequence[Review]:
    found = select(Review).where(Review.user_id == user_id, Review.card_id == card_id)
    return db.session.scalars(found).all()


def _same(found: Row[Any], card_id: int, rating: Rating) -> None:
    if (found.sent_card, found.sent_rating) != (card_id, rating):
        name = Rating(found.sent_rating).name
        raise Refused(f"This card has been answered already, with {name}. That answer counts.")


def _row(
    who: SchedulerSettings,
    card_id: int,
    review_id: uuid.UUID,
    rating: Rating,
    duration: int,
    at: datetime,
    now: datetime,
) -> Review:
    return Review(
        user_id=who.user_id,
        id=review_id,
        card_id=card_id,
        rating=rating,
        reviewed_at=EPOCH + milliseconds(at) * MILLISECOND,
        stored_at=now,
        day=settings.today(who, at),
        duration=min(max(duration, 0), LONGEST),
        model=settings.model(who),
        retention=who.retention,
    )


def _apply(
    who: SchedulerSettings, before: scheduler.Memory | None, review: Review
) -> scheduler.Memory:
    after = _after(who, before, review)
    review.before = _snapshot(before) if before else None
    review.after = _snapshot(after)
    return after


def _fit_in(
    who: SchedulerSettings, changed_at: datetime | None, review: Review
) -> scheduler.Memory:
    """Fold the card's log with an answer that comes late."""
    steps = replay(who, changed_at, [*_log(who.user_id, review.card_id), review])
    place = next(i for i, (row, _) in enumerate(steps) if row is review)
    review.before = _snapshot(steps[place - 1][1]) if place else None
    review.after = _snapshot(steps[place][1])
    return steps[-1][1]


def _after(
    who: SchedulerSettings, before: scheduler.Memory | None, review: Review,
    given: Sequence[float] | None = None,
) -> scheduler.Memory:  # fmt: skip
    then = settings.scheduling(who, review.retention, given)
    memory = before or scheduler.new(review.reviewed_at, then)
    name, rating = seed(who.user_id, review.card_id), Rating(review.rating)
    return scheduler.answer(memory, rating, review.reviewed_at, then, name, review.day)


def _snapshot(memory: scheduler.Memory) -> list[Any]:
    due = milliseconds(memory.due)
    return [memory.state, memory.step, memory.stability, memory.difficulty, due, memory.interval]


def _remember(review: Review, after: scheduler.Memory, first_day: int | None, answers: int) -> None:
    row = {name: getattr(after, name) for name in FIELDS}
    row |= {"user_id": review.user_id, "card_id": review.card_id}
    put(Memory, row | {"first_day": first_day, "answers": answers})


def _count(today: StudyDay, review: Review, sign: int) -> None:
    """Count an answer on its own study day, which is kept unless it is today."""
    day = today if review.day == today.day else plans.study_day(review.user_id, review.day)
    for name, part in parts(review).items():
        setattr(day, name, getattr(day, name) + sign * part)
    if day is not today:
        plans.keep(day)


def _put_back(day: StudyDay, card_id: int, deck_id: int, after: scheduler.Memory) -> None:
    if after.state not in (State.New, State.Review):
        return
    entry = card_id if after.state == State.Review else -card_id
    kept = plans.all_stored(day).items()
    mine = [(scope, plan) for scope, plan in kept if deck_id in plan.decks]
    plans.store(day, {scope: plan.with_first(entry) for scope, plan in mine})
