"""What would bring a deck back to being known: how many cards, and how many minutes."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import and_, func, select

from cards import mastery, settings, vectors
from cards.models import Card, Memory, SchedulerSettings, StudyDay
from cards.scheduler import Rating
from cards.vectors import Floats
from tracker.db import db

SECONDS = 12.0  # an answer takes so long where nothing is known of the learner
RECENT = 60  # study days over which the learner's own time for an answer is taken


@dataclass(frozen=True, slots=True)
class Way:
    """The fewest cards that, answered Good now, make the deck known, and what that takes."""

    cards: int
    minutes: float

    @property
    def words(self) -> str:
        """As "9 cards, about 4 minutes"."""
        cards = "1 card" if self.cards == 1 else f"{self.cards} cards"
        minutes = max(1, round(self.minutes))
        return f"{cards}, about {'a minute' if minutes == 1 else f'{minutes} minutes'}"


def ways(who: SchedulerSettings, day: int, decks: Collection[int]) -> dict[int, Way]:
    """The way back of each of these decks that has cards; two statements, none without decks."""
    if not decks:
        return {}
    seconds = seconds_per_answer(who.user_id, day)
    rows = db.session.execute(
        select(Card.deck_id, Memory.stability, Memory.difficulty, Memory.last_day, Memory.passes)
        .outerjoin(Memory, and_(Memory.card_id == Card.id, Memory.user_id == who.user_id))
        .where(Card.deck_id.in_(decks), Card.retired_at.is_(None))
        .order_by(Card.deck_id)
    )
    by_deck = groupby(rows, key=lambda row: row.deck_id)
    return {deck: _way(who, day, list(cards), seconds) for deck, cards in by_deck}


def seconds_per_answer(user_id: int, day: int) -> float:
    """How long an answer of this learner takes, over the last 60 study days."""
    spent, answers = db.session.execute(
        select(func.sum(StudyDay.milliseconds), func.sum(StudyDay.answers)).where(
            StudyDay.user_id == user_id, StudyDay.day > day - RECENT
        )
    ).one()
    return float(spent / answers) / 1000 if spent and answers else SECONDS


def _way(who: SchedulerSettings, day: int, cards: list[Any], seconds: float) -> Way:
    passes = np.asarray([card.passes or 0 for card in cards])
    before, after = _ahead(who, day, cards)
    # Cards that lack a success come first, then those that gain most.
    lacking = passes < mastery.PASSES
    order = np.lexsort((before - after, ~lacking))
    kept = before.copy()
    chosen = 0
    for place in order:
        if not lacking[place] and _holds(kept, who):
            break
        kept[place] = max(before[place], after[place])
        chosen += 1
    answers = np.maximum(1, mastery.PASSES - passes[order[:chosen]])
    return Way(chosen, float(answers.sum()) * seconds / 60)


def _ahead(who: SchedulerSettings, day: int, cards: list[Any]) -> tuple[Floats, Floats]:
    """Recall 30 days from now, as it is and after a Good today; 0 for a card not seen."""
    w = settings.scheduling(who).parameters
    seen = np.asarray([card.stability is not None for card in cards], np.bool_)
    fresh, _ = vectors.first(w, np.asarray([Rating.Good]))
    stability = np.asarray([card.stability or 1.0 for card in cards])
    difficulty = np.asarray([card.difficulty or 1.0 for card in cards])
    gap = np.asarray([max(0, day - (card.last_day or day)) for card in cards])
    good = np.full(len(cards), int(Rating.Good))
    grown, _ = vectors.after(w, stability, difficulty, gap, good)
    horizon = np.full(len(cards), mastery.HORIZON)
    before = np.where(seen, vectors.recall(w, stability, gap + mastery.HORIZON), 0.0)
    return before, vectors.recall(w, np.where(seen, grown, fresh[0]), horizon)


def _holds(ahead: Floats, who: SchedulerSettings) -> bool:
    spread = mastery.LOWER_TENTH * math.sqrt(float((ahead * (1 - ahead)).sum()))
    margin = mastery.MARGIN_FITTED if who.parameters else mastery.MARGIN_DEFAULT
    return (float(ahead.sum()) - spread) / len(ahead) - margin >= mastery.SHARE
