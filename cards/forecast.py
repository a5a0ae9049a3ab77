"""What is coming: reviews and minutes a day, and when each deck will be known, as ranges.

By simulation from the learner's real memories. The range of the runs shows chance; it is widened
by the error of the model itself, 14 % with default parameters and 8 % with fitted ones, or by
what the learner's own past forecasts were off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import and_, case, select

from cards import simulation
from cards.mastery import LOWER_TENTH
from cards.models import Card, Mark, Memory
from cards.scheduler import State
from cards.simulation import NEVER, Cards, Learner, Outcome, Plan
from cards.vectors import Floats
from tracker.db import db

ERROR_DEFAULT, ERROR_FITTED = 0.14, 0.08
TRUSTED = 5  # scored forecasts from which on the learner's own error counts
DAYS, RUNS, FEWEST = 60, 100, 10
CELLS = 1000 * 90 * 100  # cards x days x runs that take less than half a second


@dataclass(frozen=True, slots=True)
class Range:
    """Nine in ten futures lie above `low`, one in ten above `high`, half above `middle`."""

    low: float
    middle: float
    high: float

    def rounded(self) -> list[float]:
        """The three, short enough to be stored for every day."""
        return [round(self.low, 2), round(self.middle, 2), round(self.high, 2)]


@dataclass(frozen=True, slots=True)
class When:
    """The study days on which something holds first; None where not within the horizon.

    In one future in ten it holds by `early`, in half by `likely`, in nine in ten by `late`.
    """

    early: int | None
    likely: int | None
    late: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The coming days from `today` on. `recall` is the mean by deck and day, unseen cards 0.

    `new` is the mean number of new cards by day. `known` has an entry for each deck, then each
    group. `error` is the relative model error the ranges of load and date were widened by.
    """

    today: int
    reviews: tuple[Range, ...]
    minutes: tuple[Range, ...]
    new: tuple[float, ...]
    total_reviews: Range
    total_minutes: Range
    recall: tuple[tuple[float, ...], ...]
    known: tuple[When, ...]
    error: float

    def kept(self) -> dict[str, Any]:
        """What has to be stored to score the forecast later, as JSON."""
        return {"today": self.today, "reviews": [day.rounded() for day in self.reviews]}


@dataclass(frozen=True, slots=True)
class Score:
    """How a forecast did: `error` of the total of reviews, relative to what was forecast, and the
    share of days `inside` the range.
    """

    days: int
    error: float
    inside: float


def make(
    cards: Cards, plan: Plan, learner: Learner, today: int, days: int = DAYS,
    error: float | None = None, runs: int | None = None, seed: int = 0,
) -> Forecast:  # fmt: skip
    """Forecast so many days; the same arguments give the same forecast. Needs no database."""
    runs = runs or runs_for(cards, days)
    outcome = simulation.simulate(cards, plan, learner, today, days, runs, seed)
    error = model_error(learner.fitted, []) if error is None else error
    minutes = outcome.seconds / 60
    size = np.maximum(np.bincount(cards.deck, minlength=cards.decks), 1)
    return Forecast(
        today=today,
        reviews=_ranges(outcome.reviews, error),
        minutes=_ranges(minutes, error),
        new=tuple(outcome.new.mean(0).tolist()),
        total_reviews=_ranges(outcome.reviews.sum(1, keepdims=True), error)[0],
        total_minutes=_ranges(minutes.sum(1, keepdims=True), error)[0],
        recall=tuple(map(tuple, (outcome.remembered.mean(0) / size[:, None]).tolist())),
        known=whens(outcome, today, days, error),
        error=error,
    )


def load(user_id: int, decks: Sequence[int], groups: Sequence[Sequence[int]] = ()) -> Cards:
    """The learner's cards of these decks, in their order, in one statement.

    A deck is then known by its place in `decks`; `groups` are given by such places. What is
    suspended counts, but does not come.
    """
    order = {deck: place for place, deck in enumerate(decks)}
    if not order:
        return _cards([], 0, groups)
    found = db.session.execute(
        select(Card.deck_id, Memory.state, Memory.stability, Memory.difficulty)
        .add_columns(Memory.last_day, Memory.due_day, Memory.passes, Mark.suspended_at)
        .outerjoin(Memory, and_(Memory.user_id == user_id, Memory.card_id == Card.id))
        .outerjoin(Mark, and_(Mark.user_id == user_id, Mark.card_id == Card.id))
        .where(Card.deck_id.in_(order), Card.retired_at.is_(None))
        .order_by(case(order, value=Card.deck_id), Card.position, Card.id)
    )
    return _cards([(order[row[0]], *row[1:]) for row in found], len(decks), groups)


def runs_for(cards: Cards, days: int) -> int:
    """How many runs fit into the time of a page: 100, fewer for very many cards."""
    return int(np.clip(CELLS // max(1, len(cards) * days), FEWEST, RUNS))


def score(kept: dict[str, Any], actual: Sequence[int]) -> Score:
    """Compare a stored forecast with the reviews of each day since, as far as both go."""
    days = kept["reviews"][: len(actual)]
    if not days:
        return Score(0, 0.0, 1.0)
    forecast, happened = sum(day[1] for day in days), sum(actual[: len(days)])
    inside = [low <= count <= high for (low, _, high), count in zip(days, actual, strict=False)]
    error = abs(happened - forecast) / max(forecast, 1.0)
    return Score(len(days), error, sum(inside) / len(inside))


def model_error(fitted: bool, scores: Sequence[Score]) -> float:
    """The relative error to widen by: that of the learner's own forecasts if there are five."""
    if len(scores) >= TRUSTED:
        return math.sqrt(sum(one.error**2 for one in scores) / len(scores))
    return ERROR_FITTED if fitted else ERROR_DEFAULT


def sentence(scores: Sequence[Score]) -> str:
    """What past forecasts were worth, in plain words."""
    if not scores:
        return "No forecast is old enough to be compared with what happened."
    mean = sum(one.error for one in scores) / len(scores)
    return f"Our last forecasts were off by {round(100 * mean)} %."


def whens(outcome: Outcome, today: int, days: int, error: float) -> tuple[When, ...]:
    """The days on which decks and groups become known."""
    found = np.quantile(outcome.known, (0.1, 0.5, 0.9), axis=0, method="inverted_cdf")
    return tuple(_when(ahead, today, days, error) for ahead in found.T.tolist())


def _when(ahead: Sequence[float], today: int, days: int, error: float) -> When:
    early, likely, late = ahead
    if math.isfinite(likely):
        low, _, high = _widened(early, likely, late, error)
        early, late = max(0.0, math.floor(low)), math.ceil(high) if math.isfinite(late) else late
    ends = [today + int(one) if one < days else None for one in (early, likely, late)]
    return When(*ends)


def _ranges(values: Floats, error: float) -> tuple[Range, ...]:
    """The range of each column over the runs, its lower end not below nothing."""
    found = np.quantile(values, (0.1, 0.5, 0.9), axis=0).T.tolist()
    widened = [_widened(low, middle, high, error) for low, middle, high in found]
    return tuple(Range(max(0.0, low), middle, high) for low, middle, high in widened)


def _widened(low: float, middle: float, high: float, error: float) -> tuple[float, float, float]:
    # Chance and model error are independent: their spreads add as squares.
    more = LOWER_TENTH * error * middle
    return middle - math.hypot(middle - low, more), middle, middle + math.hypot(high - middle, more)


def _cards(rows: Sequence[tuple[Any, ...]], decks: int, groups: Sequence[Sequence[int]]) -> Cards:
    columns = list(zip(*rows, strict=True)) or [()] * 8
    state = np.asarray([one or State.New for one in columns[1]], np.int64)
    aside = np.asarray([one is not None for one in columns[7]], np.bool_)
    whole = [np.asarray([one or 0 for one in columns[i]], np.int64) for i in (0, 4, 5, 6)]
    real = [np.asarray([one or 1.0 for one in columns[i]], np.float64) for i in (2, 3)]
    return Cards(
        deck=whole[0],
        state=state,
        stability=real[0],
        difficulty=real[1],
        last_day=whole[1],
        due_day=np.where(aside, NEVER, whole[2]),
        passes=whole[3],
        coming=np.flatnonzero((state == State.New) & ~aside),
        decks=decks,
        groups=tuple(tuple(group) for group in groups),
    )
