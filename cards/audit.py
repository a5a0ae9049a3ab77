"""Prove that memories and counts are what the log says: rebuild, compare, report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import select

from cards import plans, reviews, scheduler
from cards.models import Card, Memory, Review, SchedulerSettings, StudyDay
from cards.scheduler import State
from tracker.db import db

# What a replay must give again. The instant a review is due follows from its study day and the
# zone the learner lives in now, so only the day is compared.
COMPARED = [name for name in reviews.FIELDS if name != "due"]


def learner(who: SchedulerSettings) -> Iterator[str]:
    """A sentence for everything about one learner that the log does not say."""
    memories = {
        memory.card_id: memory
        for memory in db.session.scalars(select(Memory).where(Memory.user_id == who.user_id))
    }
    counts: dict[int, Counter[str]] = {}
    for card, rows in _logs(who.user_id):
        for row in rows:
            _add(counts.setdefault(row.day, Counter()), row)
        yield from _memory(who, card, rows, memories.pop(card.id, None))
    for card_id in memories:
        yield f"learner {who.user_id}, card {card_id}: a memory without any answer in the log"
    yield from _days(who.user_id, counts)


def _logs(user_id: int) -> Iterator[tuple[Card, Sequence[Review]]]:
    """Each answered card of a learner with its rows of the log."""
    rows = db.session.execute(
        select(Review, Card)
        .join(Card, Card.id == Review.card_id)
        .where(Review.user_id == user_id)
        .order_by(Review.card_id, Review.reviewed_at, Review.id)
        .execution_options(yield_per=5000)
    )
    for _, group in groupby(rows, key=lambda row: row[0].card_id):
        found = list(group)
        yield found[0][1], [row[0] for row in found]


def _memory(
    who: SchedulerSettings, card: Card, rows: Sequence[Review], memory: Memory | None
) -> Iterator[str]:
    where = f"learner {who.user_id}, card {card.id}"
    if memory is None:
        yield f"{where}: {len(rows)} answers in the log and no memory"
        return
    if memory.answers != len(rows):
        yield f"{where}: {len(rows)} answers in the log, the memory counts {memory.answers}"
    steps = reviews.replay(who, card.changed_at, rows)
    if not steps:
        if memory.state != State.New:
            yield f"{where}: every answer was taken back, but the memory is not new"
        return
    yield from _differences(where, steps[-1][1], memory)
    first = min(row.day for row, _ in steps)
    if memory.first_day != first:
        yield f"{where}: first_day is {memory.first_day}, the log says {first}"


def _differences(where: str, said: scheduler.Memory, memory: Memory) -> Iterator[str]:
    for name in COMPARED:
        kept, rebuilt = getattr(memory, name), getattr(said, name)
        if kept != rebuilt:
            yield f"{where}: {name} is {kept}, the log says {rebuilt}"


def _add(count: Counter[str], row: Review) -> None:
    if row.undone_at is None:
        for name, part in reviews.parts(row).items():
            count[name] += part


def _days(user_id: int, counts: dict[int, Counter[str]]) -> Iterator[str]:
    found = db.session.scalars(select(StudyDay).where(StudyDay.user_id == user_id))
    days = {day.day: day for day in found}
    for number in sorted(counts.keys() | days.keys()):
        for name in plans.COUNTED:
            kept = getattr(days[number], name) if number in days else 0
            said = counts.get(number, Counter())[name]
            if kept != said:
                yield f"learner {user_id}, day {number}: {name} is {kept}, the log says {said}"
