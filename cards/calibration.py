"""The model held to account: predicted beside observed recall, from a learner's own log.

Scored are answers to cards in state Review at least a study day after the last one; predicted is
what the memory before the answer said for that study day. The warning asks for two things: the
difference is more than chance makes (once in a thousand), and it is large enough to matter.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cards import history, vectors
from cards.history import History
from cards.scheduler import DEFAULT_PARAMETERS
from cards.vectors import Bools, Floats, Ints, Parameters

ENOUGH = 400  # scored reviews
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
# What a chi-square of two degrees of freedom exceeds once in a thousand.
CHANCE = 13.816
MATTERS = 0.03
LEAST = 1e-6  # no prediction is certain

Verdict = Literal["too few", "fits", "unclear", "too high", "too low", "uneven"]


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose predicted recall was at least `low` and below `high`.

    `predicted` and `observed` are means; `least` and `most` hold what observed recall may have
    been to give this count, nine times in ten.
    """

    low: float
    high: float
    count: int
    predicted: float
    observed: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How predictions compare with answers; all figures are 0 where `scored` is 0.

    `log_loss` is better when lower: beside it that of always predicting the mean and that of
    FSRS with default parameters on the same answers. `rmse` is RMSE(bins) of srs-benchmark.
    `off` is the difference in recall that is left when chance is taken away, 0 to 1.
    """

    scored: int
    predicted: float
    observed: float
    bins: tuple[Bin, ...]
    log_loss: float
    log_loss_average: float
    log_loss_default: float
    rmse: float
    off: float
    significance: float  # chi-square of two degrees of freedom

    @property
    def enough(self) -> bool:
        """Whether there are enough scored reviews for a verdict."""
        return self.scored >= ENOUGH

    @property
    def verdict(self) -> Verdict:
        """What the figures say; a warning where it is too high, too low or uneven."""
        if not self.enough:
            return "too few"
        if self.off < MATTERS:
            return "fits"
        if self.significance <= CHANCE:
            return "unclear"
        if abs(self.predicted - self.observed) < MATTERS:
            return "uneven"
        return "too high" if self.predicted > self.observed else "too low"

    @property
    def warning(self) -> bool:
        """Whether the learner should be told not to trust the predictions."""
        return self.verdict in ("too high", "too low", "uneven")

    @property
    def sentence(self) -> str:
        """The verdict in plain words."""
        return _SENTENCES[self.verdict].format(
            scored=self.scored,
            enough=ENOUGH,
            off=_points(self.off),
            apart=_points(abs(self.predicted - self.observed)),
            observed=round(100 * self.observed),
            predicted=round(100 * self.predicted),
        )


_RECALLED = "you recalled {observed} of 100 cards where {predicted} were predicted."
_SENTENCES: dict[Verdict, str] = {
    "too few": "Not enough reviews yet ({scored} of {enough}).",
    "fits": "Predictions fit you well: off by {off}.",
    "unclear": "Predictions are off by about {off}, which may be chance.",
    "too high": "Predictions are too high by {apart}: " + _RECALLED,
    "too low": "Predictions are too low by {apart}: " + _RECALLED,
    "uneven": "Predictions are off by {off}: too high for some cards and too low for others.",
}


@dataclass(frozen=True, slots=True)
class Scored:
    """The scored answers of a log: what was predicted, what default parameters would have
    predicted, what happened.
    """

    deck: Ints
    predicted: Floats
    default: Floats
    recalled: Bools
    group: Ints

    def of_decks(self, decks: Collection[int]) -> Scored:
        """Those to cards of these decks."""
        return self.where(np.isin(self.deck, list(decks)))

    def where(self, chosen: Bools) -> Scored:
        """The chosen ones."""
        return Scored(
            self.deck[chosen],
            self.predicted[chosen],
            self.default[chosen],
            self.recalled[chosen],
            self.group[chosen],
        )


def scored(log: History, w: Parameters) -> Scored:
    """The scored answers of a log; `w` are the learner's parameters. Do this once, then `of`."""
    predictions = made(log, w)
    # Cards whose beginning is not in the log cannot be replayed: there both predict the same.
    default = history.predicted(DEFAULT_PARAMETERS, log)
    default = np.where(np.isnan(default), predictions, default)
    answers = Scored(log.deck, predictions, default, log.recalled, groups(log))
    return answers.where(log.scored)


def of(answers: Scored) -> Calibration:
    """The account of scored answers, all or those of some decks."""
    p, recalled = answers.predicted, answers.recalled
    if not len(recalled):
        return Calibration(0, 0.0, 0.0, (), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return Calibration(
        scored=len(recalled),
        predicted=float(p.mean()),
        observed=float(recalled.mean()),
        bins=_bins(p, recalled),
        log_loss=log_loss(p, recalled),
        log_loss_average=log_loss(np.full(len(recalled), recalled.mean()), recalled),
        log_loss_default=log_loss(answers.default, recalled),
        rmse=rmse(p, recalled, answers.group),
        off=_off(p, recalled),
        significance=significance(p, recalled),
    )


def made(log: History, w: Parameters) -> Floats:
    """The prediction made before each answer, by the memory and the curve of that time.

    NaN where there was none. Answers scheduled before parameters were fitted are judged by the
    default curve.
    """
    with np.errstate(invalid="ignore"):
        own = vectors.recall(w, log.stability, log.gap)
        default = vectors.recall(DEFAULT_PARAMETERS, log.stability, log.gap)
    return np.where(log.fitted, own, default)


def log_loss(predictions: Floats, recalled: Bools) -> float:
    """The mean of minus the logarithm of the probability given to what happened."""
    p = np.clip(predictions, LEAST, 1 - LEAST)
    return float(-np.log(np.where(recalled, p, 1 - p)).mean())


def significance(predictions: Floats, recalled: Bools) -> float:
    """How far answers lie from predictions, in level and in slope: a chi-square of two degrees
    of freedom if they are right (the score test of Cox's calibration).
    """
    p = np.clip(predictions, LEAST, 1 - LEAST)
    odds = np.log(p / (1 - p))
    odds -= np.average(odds, weights=p * (1 - p))
    difference, weight = recalled - p, p * (1 - p)
    level = float(difference.sum()) ** 2 / float(weight.sum())
    spread = float((weight * odds**2).sum())
    slope = float((difference * odds).sum()) ** 2 / spread if spread > LEAST else 0.0
    return level + slope


def groups(log: History) -> Ints:
    """The bin of each answer for RMSE(bins): equal gap, count of reviews and lapses, roughly."""
    later = log.gap >= 1
    reviews = _sums(log, later) + 1
    lapses = _sums(log, later & ~log.recalled) - (later & ~log.recalled)
    # The benchmark names the bins by 248 * 3.62**n, 1.99 * 1.89**n and 1.65 * 1.73**n.
    lapse = np.where(lapses > 0, _whole_log(lapses, 1.73) + 1, 0)
    together = (_whole_log(log.gap, 3.62) * 100 + _whole_log(reviews, 1.89)) * 100 + lapse
    return np.unique(together, return_inverse=True)[1].reshape(-1)


def rmse(predictions: Floats, recalled: Bools, group: Ints) -> float:
    """RMSE(bins): the root of the mean squared difference of predicted and observed by group."""
    counts = np.bincount(group)
    apart = np.bincount(group, predictions - recalled)
    used = counts > 0
    return math.sqrt(float((apart[used] ** 2 / counts[used]).sum()) / len(group))


def _bins(predictions: Floats, recalled: Bools) -> tuple[Bin, ...]:
    places = np.digitize(predictions, EDGES[1:-1])
    return tuple(
        _bin(place, predictions[places == place], recalled[places == place])
        for place in np.unique(places).tolist()
    )


def _bin(place: int, predictions: Floats, recalled: Bools) -> Bin:
    n, observed, z = len(recalled), float(recalled.mean()), 1.6449
    middle = (observed + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(observed * (1 - observed) / n + (z / (2 * n)) ** 2)
    ends = max(0.0, middle - half), min(1.0, middle + half)
    low, high = EDGES[place], EDGES[place + 1]
    return Bin(low, high, n, float(predictions.mean()), observed, *ends)


def _off(predictions: Floats, recalled: Bools) -> float:
    """The mean difference over all or by bins, the larger, less what chance adds to the bins."""
    places = np.digitize(predictions, EDGES[1:-1])
    counts = np.maximum(np.bincount(places), 1)
    apart = np.bincount(places, predictions - recalled) ** 2 / counts
    noise = np.bincount(places, predictions * (1 - predictions)) / counts
    by_bins = math.sqrt(max(0.0, float((apart - noise).sum()) / len(recalled)))
    return max(by_bins, abs(float((predictions - recalled).mean())))


def _sums(log: History, counted: Bools) -> Ints:
    """How many of the counted answers each card has had, up to and with each answer."""
    total = np.cumsum(counted)
    start = np.arange(len(log)) - history.place(log.card)
    return total - (total - counted)[start]


def _whole_log(values: Ints, base: float) -> Floats:
    return np.floor(np.log(np.maximum(values, 1)) / math.log(base))


def _points(share: float) -> str:
    points = round(100 * share)
    return "1 point" if points == 1 else f"{points} points"
