"""Retrievability of many memories at once, summed by deck in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Float, case, cast, func, select

from cards import mastery, scheduler, settings
from cards.models import Card, Memory, SchedulerSettings
from cards.scheduler import State
from tracker.db import db


def standings(
    who: SchedulerSettings, day: int, cards: dict[int, int]
) -> dict[int, mastery.Standing]:
    """How each deck stands on a study day; `cards` gives the decks and how many cards each has.

    One statement, whatever the number of decks.
    """
    like = settings.scheduling(who)
    today = _recall(like, day)
    later = _recall(like, day + mastery.HORIZON)
    passed = case((Memory.passes >= mastery.PASSES, 1), else_=0)
    rows = db.session.execute(
        select(Card.deck_id, func.count(), func.sum(today), func.sum(later))
        .add_columns(func.sum(later * (1 - later)), func.sum(passed))
        .join(Memory, Memory.card_id == Card.id)
        .where(Memory.user_id == who.user_id, Memory.state != State.New)
        .where(Card.retired_at.is_(None), Card.deck_id.in_(cards))
        .group_by(Card.deck_id)
    )
    found = {row[0]: row[1:] for row in rows}
    fitted = who.parameters is not None
    standings = {}
    for deck, total in cards.items():
        seen, remembered, ahead, variance, passed = found.get(deck, (0, 0.0, 0.0, 0.0, 0))
        standings[deck] = mastery.Standing(
            total, seen, remembered, ahead, variance, passed, fitted=fitted
        )
    return standings


def now(who: SchedulerSettings, memory: Memory, at: datetime) -> float:
    """The predicted recall of one card on the study day of `at`."""
    if memory.stability is None or memory.last_day is None:
        return 0.0
    elapsed = max(0, settings.today(who, at) - memory.last_day)
    decay = scheduler.decay_of(settings.scheduling(who))
    return scheduler.recall_of(memory.stability, elapsed, decay)


def total(standings: Sequence[mastery.Standing]) -> mastery.Standing:
    """Several decks as if they were one."""
    return mastery.Standing(
        cards=sum(one.cards for one in standings),
        seen=sum(one.seen for one in standings),
        remembered=sum(one.remembered for one in standings),
        ahead=sum(one.ahead for one in standings),
        variance=sum(one.variance for one in standings),
        passed=sum(one.passed for one in standings),
        fitted=any(one.fitted for one in standings),
    )


def _recall(like: scheduler.Settings, day: int) -> ColumnElement[float]:
    decay = scheduler.decay_of(like)
    # Not below nought: a traveller's study day may go back.
    elapsed = cast(case((Memory.last_day < day, day - Memory.last_day), else_=0), Float)
    return func.power(1 + scheduler.factor_of(decay) * elapsed / Memory.stability, -decay)
