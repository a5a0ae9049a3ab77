"""What became of a deck's recall within some days, and why.

The change is the sum of three parts: cards seen for the first time, cards answered again, and
forgetting of all the others. Each is counted in cards: three cards that rose from 0.5 to 0.9 make
a gain of 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, and_, case, func, select
from sqlalchemy.orm import aliased

from cards import recall
from cards.mastery import Standing
from cards.models import Card, Memory, Review, SchedulerSettings
from tracker.db import db

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
        names = [field.name for field in fields(self)]
        return Change(*(getattr(self, name) + getattr(other, name) for name in names))


@dataclass(frozen=True, slots=True)
class _Answered:
    """The cards of a deck answered within the days: new ones, and ones that were seen before."""

    learnt: int = 0
    learnt_now: float = 0.0
    refreshed: int = 0
    refreshed_now: float = 0.0
    refreshed_then: float = 0.0


def since(
    who: SchedulerSettings, day: int, then: int, cards: dict[int, int]
) -> tuple[dict[int, Standing], dict[int, Change]]:
    """How each deck stands on a study day, and what changed since the evening of `then`.

    `cards` gives the decks and how many cards each has. Two statements, whatever their number.
    """
    standings, untouched = recall.compared(who, day, then, cards)
    answered = {row[0]: _Answered(*row[1:]) for row in _answered(who, day, then, cards)}
    nothing, none = recall.Untouched(), _Answered()
    return standings, {
        deck: _change(untouched.get(deck, nothing), answered.get(deck, none)) for deck in cards
    }


def _change(untouched: recall.Untouched, answered: _Answered) -> Change:
    return Change(
        learnt=answered.learnt,
        refreshed=answered.refreshed,
        faded=untouched.faded,
        by_learning=answered.learnt_now,
        by_review=answered.refreshed_now - answered.refreshed_then,
        by_forgetting=untouched.now - untouched.then,
    )


def _answered(
    who: SchedulerSettings, day: int, then: int, cards: Mapping[int, int]
) -> Sequence[Row[Any]]:
    """The fields of `_Answered` by deck; what a card was worth comes from its last answer then."""
    now = recall.on(who, day, Memory.last_day, Memory.stability)
    before = recall.on(who, then, Review.day, Review.after[2].as_float())
    is_new = Memory.first_day > then
    return db.session.execute(
        select(Card.deck_id, _sum(is_new, 1), _sum(is_new, now))
        .add_columns(_sum(~is_new, 1), _sum(~is_new, now))
        .add_columns(_sum(~is_new, func.coalesce(before, 0.0)))
        .join(Memory, Memory.card_id == Card.id)
        .outerjoin(
            Review, and_(Review.user_id == who.user_id, Review.id == _last(who.user_id, then))
        )
        .where(Memory.user_id == who.user_id, Memory.last_day > then)
        .where(Card.retired_at.is_(None), recall.in_decks(cards))
        .group_by(Card.deck_id)
    ).all()


def _last(user_id: int, then: int) -> ScalarSelect[Any]:
    """The id of the last answer to the memory's card up to `then`."""
    row = aliased(Review)
    return (
        select(row.id)
        .where(row.user_id == user_id, row.card_id == Memory.card_id)
        # The nought keeps SQLite from going through all days of all cards.
        .where(row.day + 0 <= then, row.undone_at.is_(None))
        .order_by(row.reviewed_at.desc(), row.id)
        .limit(1)
        .scalar_subquery()
    )


def _sum(chosen: ColumnElement[bool], value: Any) -> ColumnElement[Any]:
    return func.sum(case((chosen, value), else_=0))
