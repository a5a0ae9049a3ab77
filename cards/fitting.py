"""Parameters fitted to a learner, by fsrs-rs-python, from the log alone.

A fit is blended with the default parameters by n / (n + 800) for n scored reviews, since few
reviews say little. It is accepted when the same procedure, given the first four fifths of the
reviews, predicts the newest fifth better than the present parameters do. One set per learner:
a set for each deck predicts worse.

There is no correction of the level by a moving average beside FSRS. It was tried: the log-odds
of the fitted model plus a level that follows the last hundred answers, on 18 simulated learners
(3 draws of 6 parameter sets), held-out log loss over the newest fifth of about 5,000 reviews:

    learner                  fitted   moving average   mixed    mixed better for
    steady                   0.3505   0.3666           0.3502   9 of 18
    always worse than FSRS   0.4854   0.5340           0.4851   13 of 18
    good and bad days        0.3641   0.3775           0.3639   8 of 18
    drifting over months     0.3732   0.4006           0.3681   14 of 18

Only where recall drifts for months does mixing beat both by more than chance, and how much real
learners drift is not known here; where they do, fitting again follows. It would also make
"remembered" another sum than that of FSRS. So it is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import fsrs_rs_python as rust
import numpy as np

from cards import history
from cards.calibration import ENOUGH, log_loss
from cards.history import History
from cards.scheduler import DEFAULT_PARAMETERS
from cards.vectors import Bools, Ints, Parameters

PRIOR = 800  # reviews that the defaults are worth
NEWEST = 0.2  # the share of reviews the decision rests on
MOST = 100_000  # newest reviews used, so that the time is bounded
LONGEST = 256  # answers of one card before the scored one
# Smaller steps than the library's, and more of them: on logs of a few thousand reviews its own
# (5 of 0.04) stop early, and predict held-out reviews worse by 0.004 in log loss.
EPOCHS, RATE = 20, 0.01
# What the scheduler accepts, parameter by parameter.
LOWEST = (*(0.001,) * 4, 1.0, *(0.001,) * 3, 0, 0, *(0.001,) * 4, 0, 0, 1.0, 0, 0, 0, 0.1)
HIGHEST = (*(100.0,) * 4, 10, 4, 4, 0.75, 4.5, 0.8, 3.5, 5, 0.25, 0.9, 4, 1, 6, 2, 2, 0.8, 0.8)

Reason = Literal["", "few", "no better", "failed"]
_REASONS: dict[Reason, str] = {
    "": "Your own parameters predict your newest reviews better.",
    "few": "Not enough reviews yet ({reviews} of {enough}).",
    "no better": "The present parameters predict your newest reviews as well or better.",
    "failed": "The reviews could not be fitted: they leave the parameters undetermined.",
}


@dataclass(frozen=True, slots=True)
class Fit:
    """What fitting gave: parameters the scheduler accepts, and whether to use them.

    `before` and `after` are the log losses on the newest fifth with the present parameters and
    with those fitted to the rest; both are 0 where nothing was fitted. Where the fit is not
    accepted, `parameters` are the present ones.
    """

    parameters: tuple[float, ...]
    reviews: int
    before: float = 0.0
    after: float = 0.0
    reason: Reason = ""

    @property
    def accepted(self) -> bool:
        """Whether the new parameters are to be used."""
        return not self.reason

    @property
    def sentence(self) -> str:
        """The outcome in plain words."""
        return _REASONS[self.reason].format(reviews=self.reviews, enough=ENOUGH)


def fit(log: History, present: Parameters = DEFAULT_PARAMETERS) -> Fit:
    """Fit parameters to a log; `present` are those in use. Never raises, needs no database."""
    chosen = log.scored & log.whole
    kept = Fit(tuple(present), int(chosen.sum()))
    if kept.reviews < ENOUGH:
        return replace(kept, reason="few")
    newest = _newest(log, chosen)
    trial = _blended(log, ~newest, int((chosen & ~newest).sum()))
    full = _blended(log, np.ones(len(log), np.bool_), kept.reviews)
    if trial is None or full is None:
        return replace(kept, reason="failed")
    held = chosen & newest
    before, after = _loss(log, held, present), _loss(log, held, trial)
    if not after < before:
        return replace(kept, before=before, after=after, reason="no better")
    return Fit(full, kept.reviews, before, after)


def clamped(parameters: Parameters) -> tuple[float, ...]:
    """The nearest parameters that the scheduler accepts."""
    return tuple(float(one) for one in np.clip(parameters, LOWEST, HIGHEST))


def _newest(log: History, chosen: Bools) -> Bools:
    """The answers since the newest fifth of the chosen ones began."""
    return log.at > np.quantile(log.at[chosen], 1 - NEWEST)


def _blended(log: History, known: Bools, reviews: int) -> tuple[float, ...] | None:
    fitted = _fitted(log, known)
    if fitted is None:
        return None
    share = reviews / (reviews + PRIOR)
    pairs = zip(fitted, DEFAULT_PARAMETERS, strict=True)
    return clamped([share * own + (1 - share) * default for own, default in pairs])


def _fitted(log: History, known: Bools) -> Sequence[float] | None:
    training = rust.TrainingConfig(num_epochs=EPOCHS, learning_rate=RATE)
    short = history.place(log.card) < LONGEST
    scored = np.flatnonzero(known & log.whole & (log.gap >= 1) & short)
    newest = scored[np.argsort(log.at[scored], kind="stable")][-MOST:]
    try:
        found = rust.FSRS([]).compute_parameters(_items(log, newest), training_config=training)
    except (ValueError, RuntimeError):
        return None
    fits = len(found) == len(DEFAULT_PARAMETERS) and bool(np.isfinite(found).all())
    return list(found) if fits else None


def _items(log: History, scored: Ints) -> list[rust.FSRSItem]:
    """One item a scored answer: it and all the answers to its card before it."""
    gaps = np.maximum(log.gap, 0).tolist()
    reviews = [rust.FSRSReview(*pair) for pair in zip(log.rating.tolist(), gaps, strict=True)]
    begins = (scored - history.place(log.card)[scored]).tolist()
    pairs = zip(begins, scored.tolist(), strict=True)
    return [rust.FSRSItem(reviews[begin : end + 1]) for begin, end in pairs]


def _loss(log: History, chosen: Bools, w: Parameters) -> float:
    return log_loss(history.predicted(w, log)[chosen], log.recalled[chosen])
