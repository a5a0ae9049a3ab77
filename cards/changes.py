"""What became of a deck's recall within some days, and why.

The change is the sum of three parts: cards seen for the first time, cards answered again, and
forgetting of all the others. Each is counted in cards: three cards that rose from 0.5 to 0.9 make
a gain of 1.2.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, and_, select
from sqlalchemy.orm import aliased

from cards import columns, recall, settings, vectors
from cards.mastery import SHARE, Standing
from cards.models import Memory, Review, SchedulerSettings
from cards.recall import Decks

WEEK = 7  # days


@dataclass(frozen=True, slots=True)
class Change:
    """From one study day to a later one, in cards expected to be recalled.

    `learnt` new cards give `by_learning`; `refreshed` cards, answered again, give `by_review`,
    which is negative where they were forgotten; `faded` cards fell below 0.80, and forgetting
    takes `by_forgetting`, which is never positive.
    """

    learnt: int = 0
    refreshed: int = 0
    faded: int = 0
    by_learning: float = 0.0
    by_review: float = 0.0
    by_forgetting: float = 0.0

    @property
    def total(self) -> float:
        """By how many cards more, or fewer, are recalled."""
        return self.by_learning + self.by_review + self.by_forgetting

    @property
    def reasons(self) -> list[str]:
        """Why, in words: "12 cards learnt", "30 refreshed", "3 faded"; only what is not nought."""
        parts = ((self.learnt, "learnt"), (self.refreshed, "refreshed"), (self.faded, "faded"))
        told = [(number, word) for number, word in parts if number]
        unit = "card" if told and told[0][0] == 1 else "cards"
        return [f"{n} {word}" if at else f"{n} {unit} {word}" for at, (n, word) in enumerate(told)]

    def __add__(self, other: Change) -> Change:
        return Change(
            self.learnt + other.learnt,
            self.refreshed + other.refreshed,
            self.faded + other.faded,
            self.by_learning + other.by_learning,
            self.by_review + other.by_review,
            self.by_forgetting + other.by_forgetting,
        )


def since(
    who: SchedulerSettings, day: int, then: int, decks: Collection[int]
) -> tuple[dict[int, Standing], dict[int, Change]]:
    """How each deck stands on a study day, and what changed since the evening of `then`.

    Three statements, whatever the number of decks.
    """
    memories = recall.read(who, decks)
    learnt, kept = memories.first_day > then, memories.last_day <= then
    now, before = memories.on(who, day), memories.on(who, then)
    sums = zip(
        memories.decks.decks,
        memories.count(learnt),
        memories.count(~learnt & ~kept),
        memories.count(kept & (before >= SHARE) & (now < SHARE)),
        memories.total(now, learnt),
        memories.total(now, ~learnt & ~kept),
        _worth(who, then, memories.decks),
        memories.total(now - before, kept),
        strict=True,
    )
    changes = {
        deck: Change(new, again, faded, by_new, by_again - worth, lost)
        for deck, new, again, faded, by_new, by_again, worth, lost in sums
    }
    return recall.summed(who, day, memories), changes


def _worth(who: SchedulerSettings, then: int, decks: Decks) -> list[float]:
    """The recall on the evening of `then` of what was seen before and answered since, by deck."""
    card, last_day, stability = columns.read(
        select(Memory.card_id, Review.day)
        .add_columns(columns.fine(Review.after[2].as_float()))
        .join(Review, and_(Review.user_id == who.user_id, Review.id == _last(who.user_id, then)))
        .where(Memory.user_id == who.user_id, Memory.last_day > then, Memory.first_day <= then)
        .where(decks.near)
    )
    mine, place = decks.places(card)
    gap, stability = then - last_day[mine], stability[mine] / columns.FINE
    return decks.sums(place, vectors.recall(settings.parameters_of(who), stability, gap))


def _last(user_id: int, then: int) -> ScalarSelect[Any]:
    """The id of the last answer to the memory's card up to `then`."""
    row = aliased(Review)
    return (
        select(row.id)
        .where(row.user_id == user_id, row.card_id == Memory.card_id)
        # The nought keeps SQLite from going through all days of all cards.
        .where(row.day + 0 <= then, row.undone_at.is_(None))
        .order_by(row.reviewed_at.desc(), row.id.desc())
        .limit(1)
        .scalar_subquery()
    )
