"""One card and everything a learner did with it: what is remembered now, and each answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from cards import intervals, recall, scheduler, settings, study
from cards.models import Card, Deck, Mark, Memory, Note, Review, SchedulerSettings
from cards.scheduler import Rating, State
from tracker.db import db
from tracker.errors import NotFound


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: what was predicted before it (none for a first one), and the stability after.

    `stability` in days, `seconds` from question to rating; `counts` is false once taken back.
    """

    day: int
    rating: str
    recall: float | None
    stability: float
    interval: str
    seconds: float
    counts: bool

    @property
    def passed(self) -> bool:
        """Whether the card was recalled."""
        return self.rating != Rating.Again.name


@dataclass(frozen=True, slots=True)
class Story:
    """A card; `memory` and `recall` are none while the learner has not seen it."""

    card: Card
    memory: Memory | None
    mark: Mark | None
    state_words: str
    due_words: str
    recall: float | None
    today: int
    decay: float
    answers: list[Told]

    @property
    def note(self) -> Note:
        """What the author wrote."""
        return self.card.note

    @property
    def trail(self) -> list[list[str]]:
        """Where it belongs."""
        return self.card.note.deck.trail

    @property
    def counted(self) -> list[Told]:
        """The answers that were not taken back."""
        return [answer for answer in self.answers if answer.counts]

    @property
    def until(self) -> int:
        """How far a picture of it goes: past the day it is due, and some days at least."""
        due = self.memory.due_day if self.memory else self.today
        first = self.answers[0].day if self.answers else self.today
        return max(self.today, due) + max(3, (max(self.today, due) - first) // 8)

    def predicted(self, stability: float, elapsed: float) -> float:
        """Recall so many days after an answer that led to this stability."""
        return scheduler.recall_of(stability, elapsed, self.decay)


def of(who: SchedulerSettings, card_id: int, now: datetime) -> Story:
    """What became of a card; NotFound for an unknown one and one of somebody else's deck."""
    card, memory, mark = _load(who.user_id, card_id)
    state = study.state_words(memory, mark, who, now)
    if memory is not None and memory.state == State.New:
        memory = None
    decay = scheduler.decay_of(settings.scheduling(who))
    return Story(
        card=card,
        memory=memory,
        mark=mark,
        state_words=state,
        due_words=intervals.until(memory.due, now, who.zone, who.rollover) if memory else "",
        recall=recall.now(who, memory, now) if memory else None,
        today=settings.today(who, now),
        decay=decay,
        answers=list(_told(_log(who.user_id, card_id), decay)),
    )


def _log(user_id: int, card_id: int) -> Sequence[Review]:
    return db.session.scalars(
        select(Review)
        .where(Review.user_id == user_id, Review.card_id == card_id)
        .order_by(Review.reviewed_at, Review.id)
    ).all()


def _told(log: Sequence[Review], decay: float) -> Iterator[Told]:
    last: int | None = None
    for row in log:
        _, _, stability, _, _, interval = row.after
        yield Told(
            day=row.day,
            rating=Rating(row.rating).name,
            recall=_predicted(row.before, last, row.day, decay),
            stability=float(stability),
            interval=intervals.span(interval),
            seconds=row.duration / 1000,
            counts=row.undone_at is None,
        )
        last = row.day if row.undone_at is None else last


def _predicted(
    before: Sequence[Any] | None, last: int | None, day: int, decay: float
) -> float | None:
    if not before or before[2] is None or last is None:
        return None
    return scheduler.recall_of(float(before[2]), max(0, day - last), decay)


def _load(user_id: int, card_id: int) -> tuple[Card, Memory | None, Mark | None]:
    row = db.session.execute(
        select(Card, Memory, Mark)
        .join(Deck, Deck.id == Card.deck_id)
        .outerjoin(Memory, and_(Memory.user_id == user_id, Memory.card_id == Card.id))
        .outerjoin(Mark, and_(Mark.user_id == user_id, Mark.card_id == Card.id))
        .where(Card.id == card_id, or_(Deck.owner_id.is_(None), Deck.owner_id == user_id))
        .options(joinedload(Card.note, innerjoin=True).joinedload(Note.deck, innerjoin=True))
    ).first()
    if row is None:
        raise NotFound("There is no such card.")
    return row[0], row[1], row[2]
