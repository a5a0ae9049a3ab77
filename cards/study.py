"""A session: what the review page shows now, what it says at the end, and a few more cards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import joinedload

from cards import intervals, plans, queue, reviews, scheduler, settings
from cards.marks import LEECH
from cards.models import Card, Mark, Memory, Note, SchedulerSettings, StudyDay
from cards.plans import Counts, Learning, Plan
from cards.scheduler import State
from tracker.db import db


@dataclass(frozen=True, slots=True)
class Scope:
    """What is studied: a name for people, the decks in their order, and the page it belongs to."""

    key: str
    name: str
    decks: tuple[int, ...]
    home: str


@dataclass(frozen=True, slots=True)
class Button:
    """One of the four ratings with the interval it gives."""

    rating: int
    name: str
    short: str
    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as the review page shows it, with the id of its coming review."""

    card: Card
    note: Note
    trail: Sequence[Sequence[str]]
    review_id: uuid.UUID
    buttons: Sequence[Button]
    kind: str
    counts: Counts
    done: int
    total: int
    changed: bool
    leech: bool
    flag: int
    typed: bool
    at: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of a session: what was done today, and what waits and why."""

    answers: int
    new: int
    reviews: int
    minutes: float
    recall: float | None
    held_new: int
    held_reviews: int
    buried: int
    next_due: datetime | None
    next_words: str

    @property
    def empty(self) -> bool:
        """Nothing was answered today."""
        return self.answers == 0

    @property
    def more(self) -> bool:
        """Whether “a few more today” would bring any."""
        return bool(self.held_new or self.held_reviews)


def day_of(who: SchedulerSettings, now: datetime) -> StudyDay:
    """The learner's study day as stored, or an empty one that is not: for reading."""
    number = settings.today(who, now)
    kept = db.session.get(StudyDay, (who.user_id, number))
    return kept or StudyDay(user_id=who.user_id, day=number, plans={}, **_nothing())


def _nothing() -> dict[str, int]:
    return dict.fromkeys(plans.COUNTS, 0)


def start(who: SchedulerSettings, scope: Scope, now: datetime) -> None:
    """Plan the day for a scope unless it has been planned."""
    day = plans.study_day(who.user_id, settings.today(who, now))
    if plans.stored(day, scope.key) is None:
        plans.store(day, {scope.key: queue.make(who, day, scope.decks)})


def more(who: SchedulerSettings, scope: Scope, now: datetime) -> None:
    """A few more today: five new cards and fifty reviews beyond what was left of the limits."""
    day = plans.study_day(who.user_id, settings.today(who, now))
    day.extra_new = _beyond(day.new, who.new_per_day, day.extra_new) + queue.MORE_NEW
    day.extra_reviews = (
        _beyond(day.reviews, who.reviews_per_day, day.extra_reviews) + queue.MORE_REVIEWS
    )
    day.plans = {}
    plans.store(day, {scope.key: queue.make(who, day, scope.decks)})


def _beyond(done: int, limit: int, extra: int) -> int:
    # Cards from the learning steps can carry a day past its limit; "more" starts from there.
    return max(extra, done - limit)


def shown(
    who: SchedulerSettings,
    plan: Plan,
    learning: Learning,
    now: datetime,
    done: int,
    card_id: int | None = None,
) -> Shown | None:
    """The next card of the plan, or the one asked for, or None when nothing is left to do now."""
    chosen = card_id if card_id is not None else queue.upcoming(plan, learning, now)
    if chosen is None:
        return None
    row = _load(who.user_id, chosen)
    if row is None:
        return shown(who, plan.without(chosen), learning, now, done)
    card, memory, mark = row
    state = reviews.state_of(memory) or scheduler.new(now, settings.scheduling(who))
    counts = plan.counts(learning)
    changed = card.changed_at is not None and state.last_review is not None
    return Shown(
        card=card,
        note=card.note,
        trail=card.note.deck.trail,
        review_id=reviews.coming_id(who.user_id, chosen, memory.answers if memory else 0),
        buttons=_buttons(who, chosen, state, now),
        kind=_kind(state),
        counts=counts,
        done=done,
        total=done + counts.total,
        changed=changed and card.changed_at > state.last_review,  # type: ignore[operator]
        leech=state.lapses >= LEECH,
        flag=mark.flag if mark else 0,
        typed=bool(card.note.fields.get("typed")),
        at=int(now.timestamp() * 1000),
    )


def summary(
    who: SchedulerSettings, day: StudyDay, plan: Plan, learning: Learning, now: datetime
) -> Summary:
    """What was done today and what is left, for the end of a session or a quiet Today."""
    waiting = queue.waiting(who.user_id, day.day, plan.decks)
    planned_new = plan.new
    coming = [learning.due, waiting.next_due]
    next_due = min((at for at in coming if at is not None), default=None)
    return Summary(
        answers=day.answers,
        new=day.new,
        reviews=day.reviews,
        minutes=day.milliseconds / 60_000,
        recall=day.passed / day.reviews if day.reviews else None,
        held_new=max(0, waiting.new - planned_new),
        held_reviews=max(0, waiting.due - (len(plan.cards) - planned_new)),
        buried=waiting.buried,
        next_due=next_due,
        next_words=intervals.until(next_due, now, who.zone, who.rollover) if next_due else "",
    )


def state_words(
    memory: Memory | None, mark: Mark | None, who: SchedulerSettings | None, now: datetime
) -> str:
    """Where a card stands, in one word for its list: what was set by hand comes first."""
    if mark is not None and mark.suspended_at is not None:
        return "suspended"
    if mark is not None and who is not None and mark.buried_day == settings.today(who, now):
        return "buried"
    if memory is None:
        return "new"
    words = {State.New: "new", State.Review: "review"}
    return words.get(State(memory.state), "learning")


# Built once, since it is run at every answer.
_CARD = (
    select(Card, Memory, Mark)
    .outerjoin(Memory, and_(Memory.user_id == bindparam("user_id"), Memory.card_id == Card.id))
    .outerjoin(Mark, and_(Mark.user_id == bindparam("user_id"), Mark.card_id == Card.id))
    .where(Card.id == bindparam("card_id"), Card.retired_at.is_(None))
    .options(joinedload(Card.note, innerjoin=True).joinedload(Note.deck, innerjoin=True))
    .execution_options(populate_existing=True)
)


def _load(user_id: int, card_id: int) -> tuple[Card, Memory | None, Mark | None] | None:
    row = db.session.execute(_CARD, {"user_id": user_id, "card_id": card_id}).first()
    return (row[0], row[1], row[2]) if row else None


def _buttons(
    who: SchedulerSettings, card_id: int, state: scheduler.Memory, now: datetime
) -> list[Button]:
    seed = reviews.seed(who.user_id, card_id)
    # A card answered from elsewhere in the meantime may carry a later time than this page.
    at = max(now, state.last_review) if state.last_review else now
    nexts = scheduler.buttons(state, at, settings.scheduling(who), seed)
    return [
        Button(int(rating), rating.name, intervals.short(memory, at), intervals.words(memory, at))
        for rating, memory in nexts.items()
    ]


def _kind(state: scheduler.Memory) -> str:
    if state.state == State.New:
        return "new"
    return "due" if state.state == State.Review else "learning"
