"""Retrievability of many memories at once, summed by deck.

The database only hands numbers over: reading them and working on arrays takes half the time
of joins, powers and sums in SQL.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from sqlalchemy import ColumnElement, String, case, cast, func, select

from cards import columns, mastery, scheduler, settings, vectors
from cards.models import Card, Memory, SchedulerSettings
from cards.scheduler import State
from cards.vectors import Bools, Floats, Ints
from tracker.db import db

DAYS = 2**20  # more than any study day until the year 2871
DENSE = 4  # numbers to each card, up to which reading on is quicker
NEVER = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Decks:
    """The live cards of some decks, in the order of their numbers; `place` is that of a deck."""

    decks: tuple[int, ...]
    card: Ints
    place: Ints

    @property
    def near(self) -> ColumnElement[bool]:
        """Whether a memory may be of these decks, as quick as it goes.

        Cards are numbered deck by deck as they are installed. Where little else lies between the
        lowest number and the highest, reading on is quicker than looking each card up.
        """
        low, high = (int(self.card[0]), int(self.card[-1])) if len(self.card) else (0, -1)
        if high - low < DENSE * len(self.card):
            return Memory.card_id.between(low, high)
        return Memory.card_id.in_(select(Card.id).where(Card.deck_id.in_(self.decks)))

    def places(self, cards: Ints) -> tuple[Bools, Ints]:
        """Which of these cards are of the decks, and the places of those."""
        at = np.searchsorted(self.card, cards)
        found = np.append(self.card, -1)[at] == cards
        return found, self.place[at[found]]

    def sums(self, place: Ints, values: Floats | Ints | None = None) -> list[float]:
        """The sum of the values at each place, or how many there are."""
        sums: list[float] = np.bincount(place, values, len(self.decks)).tolist()
        return sums


@dataclass(frozen=True, slots=True)
class Memories:
    """What a learner remembers of some decks, without cards not seen.

    `place` is that of the deck; `passed` says whether there are passes enough for mastery; the
    others are as in `models.Memory`.
    """

    decks: Decks
    place: Ints
    last_day: Ints
    first_day: Ints
    passed: Bools
    stability: Floats

    def on(self, who: SchedulerSettings, day: int) -> Floats:
        """The predicted recall of each on a study day."""
        # Not below nought: a traveller's study day may go back.
        gap = np.maximum(day - self.last_day, 0)
        return vectors.recall(settings.parameters_of(who), self.stability, gap)

    def count(self, chosen: Bools) -> list[int]:
        """How many of each deck are chosen."""
        return [int(number) for number in self.decks.sums(self.place[chosen])]

    def total(self, values: Floats, chosen: Bools) -> list[float]:
        """The sum over what is chosen of each deck."""
        return self.decks.sums(self.place[chosen], values[chosen])


def standings(
    who: SchedulerSettings, day: int, decks: Collection[int]
) -> dict[int, mastery.Standing]:
    """How each deck stands on a study day; two statements, whatever their number."""
    return summed(who, day, read(who, decks))


def read(who: SchedulerSettings, decks: Collection[int]) -> Memories:
    """The memories of these decks, in two statements."""
    cards = _cards(decks)
    passed = case((Memory.passes >= mastery.PASSES, 1), else_=0)
    first_day = func.coalesce(Memory.first_day, Memory.last_day)
    card, packed, stability = columns.read(
        select(Memory.card_id, (Memory.last_day * DAYS + first_day) * 2 + passed)
        .add_columns(columns.fine(Memory.stability))
        .where(Memory.user_id == who.user_id, Memory.state != State.New, cards.near)
    )
    mine, place = cards.places(card)
    packed, stability = packed[mine], stability[mine]
    return Memories(
        decks=cards,
        place=place,
        last_day=packed // (2 * DAYS),
        first_day=packed // 2 % DAYS,
        passed=packed % 2 == 1,
        stability=stability / columns.FINE,
    )


def summed(who: SchedulerSettings, day: int, memories: Memories) -> dict[int, mastery.Standing]:
    """How each deck stands on a study day, by its memories."""
    decks, place, ahead = memories.decks, memories.place, memories.on(who, day + mastery.HORIZON)
    first = np.full(len(decks.decks), NEVER)
    np.minimum.at(first, place, memories.first_day)
    sums = zip(
        decks.decks,
        map(int, decks.sums(decks.place)),
        map(int, decks.sums(place)),
        decks.sums(place, memories.on(who, day)),
        decks.sums(place, ahead),
        decks.sums(place, ahead * (1 - ahead)),
        memories.count(memories.passed),
        first.tolist(),
        strict=True,
    )
    fitted = who.parameters is not None
    return {
        deck: mastery.Standing(
            cards, seen, now, later, variance, passed, fitted, since if seen else None
        )
        for deck, cards, seen, now, later, variance, passed, since in sums
    }


def now(who: SchedulerSettings, memory: Memory, at: datetime) -> float:
    """The predicted recall of one card on the study day of `at`."""
    if memory.stability is None or memory.last_day is None:
        return 0.0
    elapsed = max(0, settings.today(who, at) - memory.last_day)
    return scheduler.recall_of(memory.stability, elapsed, settings.parameters_of(who)[20])


def below(who: SchedulerSettings, day: int, share: float) -> ColumnElement[bool]:
    """Whether less than a share is recalled of a memory on a study day, in terms of the database.

    Recall depends on elapsed days / stability alone, so a share has a fixed place on that scale.
    """
    decay = settings.parameters_of(who)[20]
    reach: float = (share ** (-1 / decay) - 1) / scheduler.factor_of(decay)
    found: ColumnElement[bool] = day - Memory.last_day > reach * Memory.stability
    return found


def total(standings: Sequence[mastery.Standing]) -> mastery.Standing:
    """Several decks as if they were one."""
    begun = [one.since for one in standings if one.since is not None]
    return mastery.Standing(
        cards=sum(one.cards for one in standings),
        seen=sum(one.seen for one in standings),
        remembered=sum(one.remembered for one in standings),
        ahead=sum(one.ahead for one in standings),
        variance=sum(one.variance for one in standings),
        passed=sum(one.passed for one in standings),
        fitted=any(one.fitted for one in standings),
        since=min(begun, default=None),
    )


def _cards(decks: Collection[int]) -> Decks:
    order = tuple(sorted(set(decks)))
    rows = db.session.execute(
        select(Card.deck_id, func.aggregate_strings(cast(Card.id, String), ","))
        .where(Card.deck_id.in_(order), Card.retired_at.is_(None))
        .group_by(Card.deck_id)
    ).all()
    lists = [columns.parsed(text) for _, text in rows]
    card = np.concatenate([np.zeros(0, np.int64), *lists])
    at = np.searchsorted(order, [deck for deck, _ in rows])
    place = np.repeat(at, [len(numbers) for numbers in lists])
    by_number = np.argsort(card, kind="stable")
    return Decks(order, card[by_number], place[by_number])
