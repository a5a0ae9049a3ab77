"""FSRS-6 on arrays: what `cards.scheduler` does to one memory, done to many at once.

Stabilities and gaps are in days, a gap is whole study days since the last answer, `w` are the 21
parameters. Equal to py-fsrs to 1e-9; unlike it, stability is capped as the scheduler caps it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cards.scheduler import MAXIMUM_STABILITY, factor_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Parameters = Sequence[float]

MINIMUM_STABILITY = 0.001


def recall(w: Parameters, stability: Floats, gap: Floats | Ints) -> Floats:
    """The predicted probability of recall so many days after an answer."""
    lost = np.log(1 + factor_of(w[20]) * gap / stability)
    found: Floats = np.exp(-w[20] * lost)
    return found


def intervals(w: Parameters, stability: Floats, retention: float, maximum: int = 36500) -> Floats:
    """Whole days, at least 1, until recall falls to `retention`."""
    per_day = (retention ** (-1 / w[20]) - 1) / factor_of(w[20])
    return np.asarray(np.clip(np.rint(stability * per_day), 1, maximum), np.float64)


def first(w: Parameters, rating: Ints) -> tuple[Floats, Floats]:
    """Stability and difficulty after the first answer to a card."""
    stability = np.maximum(np.asarray(w[:4])[rating - 1], MINIMUM_STABILITY)
    difficulty = w[4] - np.exp(w[5] * (rating - 1)) + 1
    return stability, np.clip(difficulty, 1.0, 10.0)


def after(
    w: Parameters, stability: Floats, difficulty: Floats, gap: Ints, rating: Ints
) -> tuple[Floats, Floats]:
    """Stability and difficulty after a further answer `gap` days after the last; 0 is same-day."""
    found = np.empty_like(stability)
    ways = ((gap < 1, _same_day), (gap >= 1, _later))
    for chosen, way in ways:
        at = np.flatnonzero(chosen)
        if at.size:
            found[at] = way(w, stability[at], difficulty[at], gap[at], rating[at])
    found = np.clip(found, MINIMUM_STABILITY, MAXIMUM_STABILITY)
    return found, _difficulty(w, difficulty, rating)


def spread(interval: Floats, draw: Floats, maximum: int = 36500) -> Floats:
    """The intervals fuzzed as `cards.scheduler` fuzzes them, by draws from [0, 1)."""
    delta = 1 + 0.15 * (np.minimum(interval, 7) - 2.5)
    delta += 0.1 * np.clip(interval - 7, 0, 13) + 0.05 * np.maximum(0, interval - 20)
    low = np.minimum(np.rint(interval - delta), maximum)
    high = np.minimum(np.rint(interval + delta), maximum)
    return np.where(interval < 3, interval, low + np.floor(draw * (high - low + 1)))


def _same_day(w: Parameters, s: Floats, d: Floats, gap: Ints, rating: Ints) -> Floats:
    growth = np.exp(w[17] * (rating - 3 + w[18])) * s ** -w[19]
    return np.asarray(s * np.where(rating > 1, np.maximum(growth, 1.0), growth))


def _later(w: Parameters, s: Floats, d: Floats, gap: Ints, rating: Ints) -> Floats:
    forgetting = 1 - recall(w, s, gap)
    penalty = np.where(rating == 2, w[15], np.where(rating == 4, w[16], 1.0))
    grown = (11 - d) * s ** -w[9] * np.expm1(forgetting * w[10]) * math.exp(w[8])
    kept: Floats = s * (1 + grown * penalty)
    missed = np.flatnonzero(rating == 1)
    kept[missed] = _lapse(w, s[missed], d[missed], forgetting[missed])
    return kept


def _lapse(w: Parameters, s: Floats, d: Floats, forgetting: Floats) -> Floats:
    long = w[11] * d ** -w[12] * ((s + 1) ** w[13] - 1) * np.exp(forgetting * w[14])
    return np.minimum(long, s / math.exp(w[17] * w[18]))


def _difficulty(w: Parameters, difficulty: Floats, rating: Ints) -> Floats:
    easy = w[4] - math.exp(w[5] * 3) + 1
    moved = difficulty - w[6] * (rating - 3) * (10 - difficulty) / 9
    return np.clip(w[7] * easy + (1 - w[7]) * moved, 1.0, 10.0)
