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

from sqlalchemy import BindParameter, and_, bindparam, or_, select
from sqlalchemy.orm import defer

from cards import plans, scheduler, settings
from cards.models import Card, Deck, Memory, Review, SchedulerSettings, StudyDay
from cards.scheduler import Rating, State
from tracker.db import EPOCH, MILLISECOND, BigKey, db, milliseconds
from tracker.errors import NotFound, Refused

LONGEST = 10 * 60 * 1000  # milliseconds; whoever takes longer was away
_NAMES = uuid.UUID("6b1f1ad6-5a5e-5e0c-9d0a-7c2a4c0f6f0e")
FIELDS = (
    "state step stability difficulty due due_day last_review last_day interval reps lapses "
    "passes last_pass_day"
).split()

# Built once, since every answer runs them.
_USER: BindParameter[int] = bindparam("user_id", type_=BigKey)
_ANSWERED = (
    select(Card, Memory, Review)
    .join(Deck, Deck.id == Card.deck_id)
    .outerjoin(Memory, and_(Memory.user_id == _USER, Memory.card_id == Card.id))
    .outerjoin(Review, and_(Review.user_id == _USER, Review.id == bindparam("review_id")))
    .where(Card.id == bindparam("card_id"), or_(Deck.owner_id.is_(None), Deck.owner_id == _USER))
    .options(defer(Card.question_html), defer(Card.answer_html))
    .execution_options(populate_existing=True)
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
    card, memory, earlier = _load(who.user_id, card_id, review_id)
    if earlier is not None:
        return Answered(_same(earlier, card_id, rating), today, repeated=True)
    before = state_of(memory)
    last = before.last_review if before else None
    at = scheduler.clamp(at or now, now, last)
    review = _row(who, card_id, review_id, rating, duration, at, now)
    if last is not None and at < last:
        after = _fit_in(who, card, review)
    else:
        after = _apply(who, before, review)
    db.session.add(review)
    _remember(who.user_id, card_id, memory, after, review.day)
    counted = today if review.day == today.day else plans.study_day(who.user_id, review.day)
    _count(counted, review, +1)
    plans.drop(today, card_id)
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
    db.session.flush()
    card, memory, _ = _load(who.user_id, review.card_id, review_id)
    steps = replay(who, card, _log(who.user_id, card.id))
    after = steps[-1][1] if steps else scheduler.new(now, settings.scheduling(who))
    _restore(memory, after, steps[0][0].day if steps else None)
    _count(today, review, -1)
    _put_back(today, card, after)
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
    who: SchedulerSettings, card: Card, rows: Sequence[Review]
) -> list[tuple[Review, scheduler.Memory]]:
    """Each answer that was not taken back, by time, with the memory it makes.

    It is replayed on its own study day, with the parameters and desired retention of that time. A
    meaning that changed after the last answer makes the last memory due.
    """
    steps: list[tuple[Review, scheduler.Memory]] = []
    given = settings.parameters_then(who, rows)
    for row in sorted(rows, key=lambda row: (row.reviewed_at, row.id.hex)):
        if row.undone_at is None:
            before = steps[-1][1] if steps else None
            steps.append((row, _after(who, before, row, given[row])))
    if steps and card.changed_at is not None:
        row, memory = steps[-1]
        steps[-1] = row, scheduler.made_due(memory, card.changed_at, settings.scheduling(who))
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


def state_of(memory: Memory | None) -> scheduler.Memory | None:
    """The scheduler's view of a stored memory."""
    if memory is None or memory.state == State.New:
        return None
    values = {name: getattr(memory, name) for name in FIELDS}
    return scheduler.Memory(**values | {"state": State(memory.state)})


def _load(
    user_id: int, card_id: int, review_id: uuid.UUID
) -> tuple[Card, Memory | None, Review | None]:
    values = {"user_id": user_id, "card_id": card_id, "review_id": review_id}
    row = db.session.execute(_ANSWERED, values).first()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def _log(user_id: int, card_id: int) -> Sequence[Review]:
    found = select(Review).where(Review.user_id == user_id, Review.card_id == card_id)
    return db.session.scalars(found).all()


def _same(earlier: Review, card_id: int, rating: Rating) -> Review:
    if (earlier.card_id, earlier.rating) == (card_id, rating):
        return earlier
    name = Rating(earlier.rating).name
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


def _fit_in(who: SchedulerSettings, card: Card, review: Review) -> scheduler.Memory:
    """Fold the card's log with an answer that comes late."""
    steps = replay(who, card, [*_log(who.user_id, card.id), review])
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


def _remember(
    user_id: int, card_id: int, memory: Memory | None, after: scheduler.Memory, day: int
) -> None:
    if memory is None:
        memory = Memory(user_id=user_id, card_id=card_id, answers=0)
        db.session.add(memory)
    first = day if memory.first_day is None else min(day, memory.first_day)
    _restore(memory, after, first)
    memory.answers += 1


def _restore(memory: Memory | None, after: scheduler.Memory, first_day: int | None) -> None:
    if memory is not None:
        for name in FIELDS:
            setattr(memory, name, getattr(after, name))
        memory.first_day = first_day


def _count(day: StudyDay, review: Review, sign: int) -> None:
    for name, part in parts(review).items():
        setattr(day, name, getattr(day, name) + sign * part)


def _put_back(day: StudyDay, card: Card, after: scheduler.Memory) -> None:
    if after.state not in (State.New, State.Review):
        return
    entry = card.id if after.state == State.Review else -card.id
    kept = plans.all_stored(day).items()
    mine = [(scope, plan) for scope, plan in kept if card.deck_id in plan.decks]
    plans.store(day, {scope: plan.with_first(entry) for scope, plan in mine})
