"""A session: what the review page shows now, what it says at the end, and a few more cards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, select

from cards import intervals, plans, queue, reviews, scheduler, settings
from cards.marks import LEECH
from cards.models import Card, Deck, Mark, Memory, Note, SchedulerSettings, StudyDay
from cards.plans import Counts, Learning, Plan
from cards.scheduler import State
from tracker.db import BigKey, read, table


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
    """A card as the review page shows it, with the id of its coming review.

    `card` is a row with what the card, its note, its deck, its memory and its mark hold.
    """

    card: Row[Any]
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
    """The learner's study day (see `plans.study_day`)."""
    return plans.study_day(who.user_id, settings.today(who, now))


def start(who: SchedulerSettings, scope: Scope, now: datetime) -> None:
    """Plan the day for a scope unless it has been planned."""
    day = day_of(who, now)
    if plans.stored(day, scope.key) is None:
        plans.store(day, {scope.key: queue.make(who, day, scope.decks)})
        plans.keep(day)


def more(who: SchedulerSettings, scope: Scope, now: datetime) -> None:
    """A few more today: five new cards and fifty reviews beyond what was left of the limits."""
    day = day_of(who, now)
    day.extra_new = _beyond(day.new, who.new_per_day, day.extra_new) + queue.MORE_NEW
    day.extra_reviews = (
        _beyond(day.reviews, who.reviews_per_day, day.extra_reviews) + queue.MORE_REVIEWS
    )
    day.plans = {}
    plans.store(day, {scope.key: queue.make(who, day, scope.decks)})
    plans.keep(day)


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
    card = read(_SHOWN, user_id=who.user_id, card_id=chosen).first()
    if card is None:
        return shown(who, plan.without(chosen), learning, now, done)
    state = reviews.state_of(card) or scheduler.new(now, settings.scheduling(who))
    counts = plan.counts(learning)
    changed = card.changed_at is not None and state.last_review is not None
    return Shown(
        card=card,
        review_id=reviews.coming_id(who.user_id, chosen, card.answers or 0),
        buttons=_buttons(who, chosen, state, now),
        kind=_kind(state),
        counts=counts,
        done=done,
        total=done + counts.total,
        changed=changed and card.changed_at > state.last_review,
        leech=state.lapses >= LEECH,
        flag=card.flag or 0,
        typed=bool(card.fields.get("typed")),
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
_USER: BindParameter[int] = bindparam("user_id", type_=BigKey)
_CARD, _NOTE, _DECK = table(Card), table(Note), table(Deck)
_MEMORY, _MARK = table(Memory), table(Mark)
_SHOWN = (
    select(_CARD.c.id, _CARD.c.question_html, _CARD.c.answer_html, _CARD.c.changed_at)
    .add_columns(_NOTE.c.kind, _NOTE.c.fields, _NOTE.c.why_html, _NOTE.c.sources, _DECK.c.trail)
    .add_columns(*(_MEMORY.c[name] for name in reviews.FIELDS), _MEMORY.c.answers, _MARK.c.flag)
    .join(_NOTE, _NOTE.c.id == _CARD.c.note_id)
    .join(_DECK, _DECK.c.id == _NOTE.c.deck_id)
    .outerjoin(_MEMORY, and_(_MEMORY.c.user_id == _USER, _MEMORY.c.card_id == _CARD.c.id))
    .outerjoin(_MARK, and_(_MARK.c.user_id == _USER, _MARK.c.card_id == _CARD.c.id))
    .where(_CARD.c.id == bindparam("card_id"), _CARD.c.retired_at.is_(None))
)


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
