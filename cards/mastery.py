"""Is a set of cards known, and until when: pure arithmetic on memories.

A deck is known when the mean recall of its cards 30 days from now without review, less a spread
and a margin, is at least 0.80, and every card has been recalled on two study days, each at least a
day after the answer before. Cards never seen recall nothing.

The spread is by how much a test of so many cards falls short of its mean in one case of ten. With
fewer than 40 cards it is that of a test of 40: what has to hold is the mean recall of the deck,
which the luck of a short test does not change. The margin is for the error of the model.
`docs/mastery.md` has the measurements.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cards.scheduler import recall_of

HORIZON = 30  # days
SHARE = 0.80
PASSES = 2
LONGEST = 180  # days a certificate may look ahead
MARGIN_DEFAULT, MARGIN_FITTED = 0.05, 0.03
KEPT = 0.88  # what the rule keeps on average at the least; a known deck fades below it
FEW = 40  # cards; the spread of fewer is that of so many
LOWER_TENTH = 1.2816  # standard deviations below the mean that nine in ten results exceed

Stage = Literal["seed", "sprout", "leaf", "bud", "bloom"]


@dataclass(frozen=True, slots=True)
class Recall:
    """What mastery needs of one card that was seen: stability in days, its last study day."""

    stability: float
    last_day: int
    passes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a set of cards stands on one study day, as sums that SQL can make.

    `seen` of `cards` have a memory. `remembered` is the sum of recall today, `ahead` the sum of
    recall p in 30 days and `variance` that of p(1 - p). `passed` counts cards with two passes.
    `fitted` says whether the parameters are the learner's own, `since` is the study day of the
    first answer. All shares of an empty set are 0.
    """

    cards: int
    seen: int
    remembered: float
    ahead: float
    variance: float
    passed: int
    fitted: bool = False
    since: int | None = None

    @property
    def covered(self) -> float:
        """The share of cards seen at least once."""
        return self._share(self.seen)

    @property
    def recall(self) -> float:
        """The predicted share recalled today."""
        return self._share(self.remembered)

    @property
    def predicted(self) -> float:
        """The predicted share recalled in 30 days without review."""
        return self._share(self.ahead)

    @property
    def lower_bound(self) -> float:
        """That share less spread and margin, by the rule at the top; it may be below 0."""
        return float(bound(self.cards, self.ahead, self.variance, self.fitted))

    @property
    def known(self) -> bool:
        """Whether the rule at the top of this module holds."""
        return self.passed >= self.cards and self.lower_bound >= SHARE

    @property
    def kept(self) -> bool:
        """Whether a deck that was known still is: by the rule, or while 0.88 is predicted.

        The rule asks for a little more than cards keep that come back at a recall of 0.90. If it
        alone decided, a small deck would fade on three days in ten though no review was missed.
        """
        return self.known or self.predicted >= KEPT

    @property
    def stage(self) -> Stage:
        """How far the plant of these cards has grown."""
        if not self.seen:
            return "seed"
        if self.known:
            return "bloom"
        if self.recall >= SHARE:
            return "bud"
        return "leaf" if self.seen >= self.cards or self.recall >= 0.5 else "sprout"

    def _share(self, part: float) -> float:
        return part / self.cards if self.cards else 0.0


def bound(cards: Any, ahead: Any, variance: Any, fitted: bool) -> Any:
    """The share recalled in 30 days, less spread and margin, from the sums of a `Standing`.

    Numbers of one set of cards, or arrays of one shape with an entry for each set.
    """
    size = np.maximum(cards, 1)
    spread = LOWER_TENTH * np.sqrt(np.maximum(variance, 0) / size / np.maximum(size, FEW))
    return ahead / size - spread - (MARGIN_FITTED if fitted else MARGIN_DEFAULT)


def standing(
    cards: int, seen: Iterable[Recall], today: int, decay: float, fitted: bool = False
) -> Standing:
    """The standing of `cards` cards, of which those in `seen` have been answered."""
    seen = list(seen)
    ahead = [_recall(card, today + HORIZON, decay) for card in seen]
    return Standing(
        cards=cards,
        seen=len(seen),
        remembered=math.fsum(_recall(card, today, decay) for card in seen),
        ahead=math.fsum(ahead),
        variance=math.fsum(p * (1 - p) for p in ahead),
        passed=sum(card.passes >= PASSES for card in seen),
        fitted=fitted,
    )


def known_until(cards: int, seen: Sequence[Recall], today: int, decay: float) -> int | None:
    """The last study day, at most 180 ahead, on which mean recall is predicted to be 0.80.

    It assumes no further practice. None when mean recall is below 0.80 today already.
    """
    if not cards or _mean(cards, seen, today, decay) < SHARE:
        return None
    good, bad = today, today + LONGEST + 1
    while bad - good > 1:
        middle = (good + bad) // 2
        if _mean(cards, seen, middle, decay) >= SHARE:
            good = middle
        else:
            bad = middle
    return good


def _mean(cards: int, seen: Iterable[Recall], day: int, decay: float) -> float:
    return math.fsum(_recall(card, day, decay) for card in seen) / cards


def _recall(card: Recall, day: int, decay: float) -> float:
    return recall_of(card.stability, max(0, day - card.last_day), decay)
