"""Answers drawn at random: ratings, and the repeats of a card on the same day.

A draw is a hash of a seed, a place (a run and a card) and a number, so it does not depend on what
else is drawn: two plans can be compared on the same luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cards import pace, vectors
from cards.pace import Pace
from cards.vectors import Floats, Ints, Parameters

STEPS = 5  # same-day answers drawn after the first one
PURPOSES = 8  # draws an answer may need: one for the rating, STEPS, one for the interval
INTERVAL = 7
_SPREAD = (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_SEED = 0x8CB92BA72F3D8DD7  # another than that of a place, or seeds would be places shifted


@dataclass(slots=True)
class Answers:
    """Answers being drawn, one entry for each card: the memory they make, the last rating, the
    seconds they took.
    """

    stability: Floats
    difficulty: Floats
    rating: Ints
    seconds: Floats


def draws(seed: int, place: Ints, number: Ints | int) -> Floats:
    """Numbers from [0, 1), the same for the same arguments (splitmix64)."""
    x = place.astype(np.uint64) * np.uint64(_SPREAD[0])
    x += np.asarray(number).astype(np.uint64) * np.uint64(_SPREAD[1])
    x += np.uint64(seed * _SEED % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(_SPREAD[2])
    x = (x ^ (x >> np.uint64(27))) * np.uint64(_SPREAD[3])
    return np.asarray(((x ^ (x >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53, np.float64)


def ratings(shares: tuple[float, ...], draw: Floats, lowest: int = 1) -> Ints:
    """Ratings with these shares, the first for `lowest`; a low draw is a good rating."""
    better = np.cumsum(shares[::-1])[:-1]
    highest = lowest + len(shares) - 1
    return highest - np.searchsorted(better, draw, side="right")


def reviewed(habits: Pace, recall: Floats, draw: Floats) -> Ints:
    """Again with probability 1 - `recall`, else Hard to Easy."""
    passed = ratings(habits.passed, draw / np.maximum(recall, 1e-12), 2)
    return np.where(draw < recall, passed, 1)


def repeat(
    habits: Pace, w: Parameters, answers: Answers, kind: int, steps: int, seed: int,
    place: Ints, number: Ints,
) -> None:  # fmt: skip
    """Go on answering the same day until each card has made its steps.

    `kind` is what the first answer was: after a review, only Again leads to steps.
    """
    table = habits.learning if kind == pace.LEARNING else habits.relearning
    seconds = np.asarray(habits.seconds[pace.RELEARNING if kind == pace.REVIEW else kind])
    done = answers.rating > (1 if kind == pace.REVIEW else 3)
    step = np.where(done, steps, answers.rating == 3)
    for turn in range(1, STEPS + 1):
        at = np.flatnonzero(step < steps)
        if not at.size:
            return
        rating = _next(table, answers.rating[at], draws(seed, place[at], number[at] + turn))
        memory = answers.stability[at], answers.difficulty[at]
        again = vectors.after(w, *memory, np.zeros(at.size, np.int64), rating)
        answers.stability[at], answers.difficulty[at] = again
        answers.rating[at] = rating
        answers.seconds[at] += seconds[rating - 1]
        moved = np.where(rating == 4, steps, step[at] + (rating == 3))
        step[at] = np.where(rating == 1, 0, moved)


def _next(table: pace.Table, last: Ints, draw: Floats) -> Ints:
    found = np.empty_like(last)
    for rating, shares in enumerate(table, start=1):
        chosen = last == rating
        found[chosen] = ratings(shares, draw[chosen])
    return found
