"""A learner's log as arrays: what calibration, fitting and the forecast are computed from.

Reading it is two statements; the rest is arithmetic without a database, fit for a thread.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from sqlalchemy import case, func, select

from cards import columns, vectors
from cards.models import Card, Review
from cards.scheduler import State
from cards.vectors import Bools, Floats, Ints, Parameters


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
    """The learner's log, in two statements."""
    state = func.coalesce(Review.before[0].as_integer(), int(State.New))
    stability = func.coalesce(columns.fine(Review.before[2].as_float()), -1)
    log = (
        select(Review.card_id, Review.reviewed_at, Review.day)
        .add_columns(Review.rating * 2 + case((Review.model.endswith("fitted"), 1), else_=0))
        .add_columns(Review.duration, state, stability)
        .where(Review.user_id == user_id, Review.undone_at.is_(None))
        .order_by(Review.id)
    )
    rows = columns.read(log)
    # The database reads the log quickest as it is stored; answers of one instant stay as they are.
    card, at, day, rated, spent, state, stability = rows[:, np.lexsort((rows[1], rows[0]))]
    return _history(
        card, _deck(user_id, card), at, day, rated // 2, spent, state,
        np.where(stability < 0, np.nan, stability / columns.FINE), rated % 2 == 1,
    )  # fmt: skip


def from_rows(rows: Sequence[Row]) -> History:
    """The history of rows (card, deck, time, day, rating, milliseconds, before, fitted).

    They come by card and then by time; `before` is [state, step, stability …] or None.
    """
    parts = list(zip(*rows, strict=True)) or [()] * 8
    card, deck, at, day, rating, spent = (np.asarray(part, np.int64) for part in parts[:6])
    state = np.asarray([one[0] if one else State.New for one in parts[6]], np.int64)
    stability = np.asarray([one[2] if one else None for one in parts[6]], np.float64)
    fitted = np.asarray(parts[7], np.bool_)
    return _history(card, deck, at, day, rating, spent, state, stability, fitted)


def _history(
    card: Ints, deck: Ints, at: Ints, day: Ints, rating: Ints, spent: Ints, state: Ints,
    stability: Floats, fitted: Bools,
) -> History:  # fmt: skip
    return History(
        card=card,
        deck=deck,
        at=at,
        day=day,
        gap=_gaps(card, day),
        rating=rating,
        duration=spent / 1000,
        state=state,
        stability=stability,
        whole=_whole(card, state),
        fitted=fitted,
    )


def _deck(user_id: int, card: Ints) -> Ints:
    """The deck of each card; retired ones have theirs as well."""
    seen = select(Review.card_id).where(Review.user_id == user_id)
    wanted = select(Card.id).add_columns(Card.deck_id).where(Card.id.in_(seen)).order_by(Card.id)
    cards, decks = columns.read(wanted)
    found: Ints = decks[np.searchsorted(cards, card)]
    return found


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


def _whole(card: Ints, state: Ints) -> Bools:
    if not len(card):
        return np.zeros(0, np.bool_)
    starts = _starts(card)
    return np.asarray((state == State.New)[starts][np.cumsum(starts) - 1])
