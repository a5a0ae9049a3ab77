"""Retrievability of many memories at once, summed by deck in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Row, Select, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnExpressionArgument

from cards import mastery, scheduler, settings
from cards.models import Card, Memory, SchedulerSettings
from cards.scheduler import State
from tracker.db import db

MANY = 20_000  # cards


@dataclass(frozen=True, slots=True)
class Untouched:
    """Cards seen by an earlier study day and not answered since: what forgetting did to them.

    `then` and `now` are the sums of their recall; `faded` of them fell below 0.80 in between.
    """

    then: float = 0.0
    now: float = 0.0
    faded: int = 0


def standings(
    who: SchedulerSettings, day: int, cards: dict[int, int]
) -> dict[int, mastery.Standing]:
    """How each deck stands on a study day; `cards` gives the decks and how many cards each has.

    One statement, whatever the number of decks.
    """
    return compared(who, day, day, cards)[0]


def compared(
    who: SchedulerSettings, day: int, then: int, cards: dict[int, int]
) -> tuple[dict[int, mastery.Standing], dict[int, Untouched]]:
    """How each deck stands on a study day, and what its untouched cards lost since `then`.

    One statement, whatever the number of decks.
    """
    found = {row.deck_id: row for row in _sums(who, day, then, cards)}
    fitted = who.parameters is not None
    standings = {deck: _standing(found.get(deck), size, fitted) for deck, size in cards.items()}
    untouched = {deck: Untouched(*row[-3:]) for deck, row in found.items()}
    return standings, untouched


def now(who: SchedulerSettings, memory: Memory, at: datetime) -> float:
    """The predicted recall of one card on the study day of `at`."""
    if memory.stability is None or memory.last_day is None:
        return 0.0
    elapsed = max(0, settings.today(who, at) - memory.last_day)
    decay = scheduler.decay_of(settings.scheduling(who))
    return scheduler.recall_of(memory.stability, elapsed, decay)


def on(
    who: SchedulerSettings,
    day: int,
    last_day: ColumnElement[int] | InstrumentedAttribute[Any],
    stability: ColumnElement[float] | InstrumentedAttribute[Any],
) -> ColumnElement[float]:
    """The predicted recall on a study day, as an expression of the database."""
    decay = scheduler.decay_of(settings.scheduling(who))
    # Not below nought: a traveller's study day may go back.
    elapsed = cast(case((last_day < day, day - last_day), else_=0), Float)
    return func.power(1 + scheduler.factor_of(decay) * elapsed / stability, -decay)


def in_decks(cards: Mapping[int, int]) -> ColumnElement[bool]:
    """Whether a card is of these decks, of which the number of cards is given.

    With many cards SQLite would look up one memory after the other; the nought makes it read the
    learner's memories in their order, in a third of the time.
    """
    deck = Card.deck_id + 0 if sum(cards.values()) > MANY else Card.deck_id
    return deck.in_(cards)


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


def _standing(row: Sequence[Any] | None, cards: int, fitted: bool) -> mastery.Standing:
    if row is None:
        return mastery.Standing(cards, 0, 0.0, 0.0, 0.0, 0, fitted=fitted)
    seen, remembered, ahead, variance, passed, since = row[1:7]
    return mastery.Standing(
        cards, seen, remembered, ahead, variance, passed, fitted=fitted, since=since
    )


def _sums(
    who: SchedulerSettings, day: int, then: int, cards: Mapping[int, int]
) -> Sequence[Row[Any]]:
    card = _cards(who, day, then, cards).subquery()
    kept = card.c.last_day <= then
    # Recall depends on elapsed days / stability alone, so a share has a fixed place on that scale.
    reach = _reach(who) * card.c.stability
    faded = kept & (then - card.c.last_day <= reach) & (day - card.c.last_day > reach)
    return db.session.execute(
        select(card.c.deck_id, func.count(), func.sum(card.c.now), func.sum(card.c.ahead))
        .add_columns(
            func.sum(card.c.ahead * (1 - card.c.ahead)),
            _count(card.c.passes >= mastery.PASSES),
            func.min(card.c.first_day),
            func.sum(case((kept, card.c.then), else_=0.0)),
            func.sum(case((kept, card.c.now), else_=0.0)),
            _count(faded),
        )
        .group_by(card.c.deck_id)
    ).all()


def _cards(who: SchedulerSettings, day: int, then: int, cards: Mapping[int, int]) -> Select[Any]:
    at, stability = Memory.last_day, Memory.stability
    return (
        select(Card.deck_id, at, stability, Memory.first_day, Memory.passes)
        .add_columns(
            on(who, day, at, stability).label("now"),
            on(who, day + mastery.HORIZON, at, stability).label("ahead"),
            on(who, then, at, stability).label("then"),
        )
        .join(Memory, Memory.card_id == Card.id)
        .where(Memory.user_id == who.user_id, Memory.state != State.New)
        .where(Card.retired_at.is_(None), in_decks(cards))
        .offset(0)  # keeps SQLite from working out each power once more wherever it is used
    )


def _reach(who: SchedulerSettings) -> float:
    decay = scheduler.decay_of(settings.scheduling(who))
    return float((mastery.SHARE ** (-1 / decay) - 1) / scheduler.factor_of(decay))


def _count(chosen: ColumnExpressionArgument[bool]) -> ColumnElement[int]:
    return func.sum(case((chosen, 1), else_=0))
