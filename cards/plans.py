"""The plan of a study day: the cards still to come, in order, and how it is kept.

A plan belongs to a scope (everything, a path, a section, a skill); the study day's row holds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import bindparam, select, update

from cards.models import StudyDay
from tracker.db import db, is_writing, put, read, table, values

COUNTED = ("answers", "new", "reviews", "passed", "milliseconds")
COUNTS = (*COUNTED, "extra_new", "extra_reviews")
_KEPT = table(StudyDay)
# Built once, since every answer runs it.
_DAY = select(_KEPT).where(_KEPT.c.user_id == bindparam("user_id"), _KEPT.c.day == bindparam("day"))
_LOCKING = _DAY.with_for_update()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cards wait: new ones, ones in learning steps, due reviews."""

    new: int = 0
    learning: int = 0
    due: int = 0

    @property
    def total(self) -> int:
        """All that wait."""
        return self.new + self.learning + self.due

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.new + other.new, self.learning + other.learning, self.due + other.due)


@dataclass(frozen=True, slots=True)
class Learning:
    """The cards in learning steps: how many, the one whose minute comes first, and how many of
    each deck.
    """

    count: int = 0
    card_id: int | None = None
    due: datetime | None = None
    decks: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The cards still to come on a study day from some decks; a new card stands as minus its id."""

    decks: tuple[int, ...]
    cards: tuple[int, ...]
    size: int

    @property
    def new(self) -> int:
        """How many of them are new."""
        return sum(map((0).__gt__, self.cards))

    def counts(self, learning: Learning) -> Counts:
        """What waits, with the cards in learning steps."""
        new = self.new
        return Counts(new, learning.count, len(self.cards) - new)

    def without(self, card_id: int) -> Plan:
        """The plan after a card was answered or set aside."""
        cards = list(self.cards)
        for entry in (card_id, -card_id):
            if entry in cards:
                cards.remove(entry)
        return replace(self, cards=tuple(cards))

    def with_first(self, entry: int) -> Plan:
        """The plan with a card put back to its front."""
        return replace(self, cards=(entry, *self.without(abs(entry)).cards))


def stored(day: StudyDay, scope: str) -> Plan | None:
    """The plan kept for this scope today, if there is one."""
    kept = day.plans.get(scope)
    return Plan(tuple(kept["decks"]), tuple(kept["cards"]), kept["size"]) if kept else None


def store(day: StudyDay, plans: Mapping[str, Plan]) -> None:
    """Put these plans beside the others of the day, which is then to be kept."""
    fresh = {
        scope: {"decks": list(plan.decks), "cards": list(plan.cards), "size": plan.size}
        for scope, plan in plans.items()
    }
    day.plans = day.plans | fresh


def all_stored(day: StudyDay) -> dict[str, Plan]:
    """Every plan kept for the day, by scope."""
    return {scope: plan for scope in day.plans if (plan := stored(day, scope))}


def forget(user_id: int) -> None:
    """Plan anew: what the learner studies, or how much, has changed."""
    db.session.execute(update(StudyDay).where(StudyDay.user_id == user_id).values(plans={}))


def spread(reviews: Sequence[int], new: Sequence[int]) -> list[int]:
    """The new cards spread evenly between the reviews, each kind in its own order."""
    size = len(reviews), len(new)
    places = [((i + 0.5) / size[0], 0, card) for i, card in enumerate(reviews)]
    places += [((i + 0.5) / size[1], 1, card) for i, card in enumerate(new)]
    return [card for _, _, card in sorted(places, key=lambda place: place[:2])]


def study_day(user_id: int, day: int) -> StudyDay:
    """A study day as it is stored, an empty one if it is not: a copy, to be kept after a change.

    Who writes locks it: a learner's answers come one by one.
    """
    row = read(_LOCKING if is_writing() else _DAY, user_id=user_id, day=day).first()
    if row is not None:
        return StudyDay(**row._mapping)
    return StudyDay(user_id=user_id, day=day, plans={}, **dict.fromkeys(COUNTS, 0))


def keep(day: StudyDay) -> None:
    """Store a study day."""
    put(StudyDay, values(day))


def drop(day: StudyDay, card_id: int) -> None:
    """Take a card out of every plan of the day, which is then to be kept."""
    kept = all_stored(day).items()
    store(day, {scope: plan.without(card_id) for scope, plan in kept})
