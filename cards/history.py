"""A learner's log as arrays: what calibration, fitting and the forecast are computed from.

Reading it is one statement; the rest is arithmetic without a database, fit for a thread.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from sqlalchemy import select

from cards import vectors
from cards.models import Card, Review
from cards.scheduler import State
from cards.vectors import Bools, Floats, Ints, Parameters
from tracker.db import db, milliseconds


@dataclass(frozen=True, slots=True)
class History:
    """The answers of one learner that were not taken back, by card and then by time.

    `gap` is whole study days since the card's answer before, -1 where there is none in the log.
    `state` and `stability` are those of the memory before the answer, `State.New` and NaN if
    there was none. `whole` says that the log holds the card from its first answer on. `fitted`
    says that the answer was scheduled with the learner's own parameters. `duration` is in
    seconds, `at` in milliseconds since 1970.
    """

    card: Ints
    deck: Ints
    at: Ints
    day: Ints
    gap: Ints
    rating: Ints
    duration: Floats
    state: Ints
    stability: Floats
    whole: Bools
    fitted: Bools

    def __len__(self) -> int:
        return len(self.card)

    @property
    def scored(self) -> Bools:
        """The answers that test a prediction: state Review before, at least a study day later."""
        return np.asarray((self.state == State.Review) & (self.gap >= 1) & (self.stability > 0))

    @property
    def recalled(self) -> Bools:
        """The answers that were not Again."""
        return self.rating > 1

    def of_decks(self, decks: Collection[int]) -> History:
        """The answers to cards of these decks."""
        return self.where(np.isin(self.deck, list(decks)))

    def where(self, chosen: Bools) -> History:
        """The chosen answers; choose whole cards if gaps are to keep their meaning."""
        values = {field.name: getattr(self, field.name)[chosen] for field in fields(self)}
        return replace(self, **values)


Row = tuple[int, int, int, int, int, int, Sequence[Any] | None, bool]


def read(user_id: int) -> History:
    """The learner's log, in one statement."""
    found = db.session.execute(
        select(Review.card_id, Card.deck_id, Review.reviewed_at, Review.day, Review.rating)
        .add_columns(Review.duration, Review.before, Review.model)
        .join(Card, Card.id == Review.card_id)
        .where(Review.user_id == user_id, Review.undone_at.is_(None))
        .order_by(Review.card_id, Review.reviewed_at, Review.id)
    )
    rows = [
        (card, deck, milliseconds(at), day, rating, spent, before, model.endswith("fitted"))
        for card, deck, at, day, rating, spent, before, model in found
    ]
    return from_rows(rows)


def from_rows(rows: Sequence[Row]) -> History:
    """The history of rows (card, deck, time, day, rating, milliseconds, before, fitted).

    They come by card and then by time; `before` is [state, step, stability …] or None.
    """
    columns = list(zip(*rows, strict=True)) or [()] * 8
    card, deck, at, day, rating = (np.asarray(column, np.int64) for column in columns[:5])
    befores = columns[6]
    return History(
        card=card,
        deck=deck,
        at=at,
        day=day,
        gap=_gaps(card, day),
        rating=rating,
        duration=np.asarray(columns[5], np.float64) / 1000,
        state=np.asarray([before[0] if before else State.New for before in befores], np.int64),
        stability=np.asarray([_stability(before) for before in befores], np.float64),
        whole=_whole(card, befores),
        fitted=np.asarray(columns[7], np.bool_),
    )


def predicted(w: Parameters, history: History) -> Floats:
    """What a model with these parameters would have predicted for each answer, from the start.

    NaN for the first answer of a card, and for cards whose beginning the log does not hold.
    """
    found = np.full(len(history), np.nan)
    stability, difficulty = np.empty(len(history)), np.empty(len(history))
    places = place(history.card)
    order = np.argsort(places, kind="stable")
    turns = np.split(order, np.cumsum(np.bincount(places))[:-1]) if len(history) else []
    for turn, at in enumerate(turns):
        if not turn:
            stability[at], difficulty[at] = vectors.first(w, history.rating[at])
            continue
        s, d, gap = stability[at - 1], difficulty[at - 1], history.gap[at]
        found[at] = vectors.recall(w, s, gap)
        stability[at], difficulty[at] = vectors.after(w, s, d, gap, history.rating[at])
    return np.where(history.whole, found, np.nan)


def place(card: Ints) -> Ints:
    """Which answer of its card each one is, from 0; answers of a card stand together."""
    starts = _starts(card)
    return np.arange(len(card)) - np.maximum.accumulate(np.where(starts, np.arange(len(card)), 0))


def _starts(card: Ints) -> Bools:
    return np.concatenate([[True], card[1:] != card[:-1]]) if len(card) else np.zeros(0, np.bool_)


def _gaps(card: Ints, day: Ints) -> Ints:
    # A traveller's study day may go back; the memory's never does.
    starts = _starts(card)
    far = np.cumsum(starts) * 10_000_000
    last = np.maximum.accumulate(day + far) - far if len(card) else day
    return np.where(starts, -1, last - np.concatenate([last[:1], last[:-1]]))


def _whole(card: Ints, befores: Sequence[Sequence[Any] | None]) -> Bools:
    if not len(card):
        return np.zeros(0, np.bool_)
    begun = np.asarray([not before or before[0] == State.New for before in befores], np.bool_)
    starts = _starts(card)
    return np.asarray(begun[starts][np.cumsum(starts) - 1])


def _stability(before: Sequence[Any] | None) -> float:
    stability = before[2] if before else None
    return float("nan") if stability is None else float(stability)
