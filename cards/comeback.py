"""What would bring a deck back to being known: how many cards, and how many minutes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import and_, func, select

from cards import days, mastery, settings, vectors
from cards.models import Card, Memory, SchedulerSettings, StudyDay
from cards.scheduler import Rating
from cards.vectors import Floats
from tracker.db import db

SECONDS = 12.0  # an answer takes so long where nothing is known of the learner
RECENT = 60  # study days over which the learner's own time for an answer is taken


@dataclass(frozen=True, slots=True)
class Way:
    """The fewest cards that, answered Good now, make the deck known, and what that takes.

    `due` of them can be studied now; the others come by themselves, the first on `next_day`.
    """

    cards: int
    minutes: float
    due: int = 0
    next_day: int | None = None

    @property
    def words(self) -> str:
        """As "9 cards, about 4 minutes"."""
        cards = "1 card" if self.cards == 1 else f"{self.cards} cards"
        minutes = max(1, round(self.minutes))
        return f"{cards}, about {'a minute' if minutes == 1 else f'{minutes} minutes'}"

    @property
    def when(self) -> str:
        """Why none can be studied now: "not due before 3 May 2026"; else empty."""
        return (
            f"not due before {days.words(self.next_day)}" if self.next_day and not self.due else ""
        )


def ways(who: SchedulerSettings, day: int, decks: Collection[int]) -> dict[int, Way]:
    """The way back of each of these decks that has cards; two statements, none without decks."""
    if not decks:
        return {}
    seconds = seconds_per_answer(who.user_id, day)
    rows = db.session.execute(
        select(Card.deck_id, Memory.stability, Memory.difficulty, Memory.last_day, Memory.passes)
        .add_columns(Memory.due_day)
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
    chosen = order[: _enough(who, before[order], after[order], int(lacking.sum()))]
    answers = np.maximum(1, mastery.PASSES - passes[chosen])
    comes = [cards[place].due_day or day for place in chosen]
    return Way(
        cards=len(chosen),
        minutes=float(answers.sum()) * seconds / 60,
        due=sum(on <= day for on in comes),
        next_day=min((on for on in comes if on > day), default=None),
    )


def _enough(who: SchedulerSettings, before: Floats, after: Floats, least: int) -> int:
    """How many cards from the front must be answered until the deck is known; all if never."""
    kept = before.copy()
    for place in range(len(kept)):
        if place >= least and _holds(kept, who):
            return place
        kept[place] = max(before[place], after[place])
    return len(kept)


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
    variance = (ahead * (1 - ahead)).sum()
    bound = mastery.bound(len(ahead), ahead.sum(), variance, who.parameters is not None)
    return bool(bound >= mastery.SHARE)
