"""`python -m benchmarks.mastery`: what rules for "known" are worth, by the size of a deck.

Simulated learners, whose true memory has parameters of its own, study a path of decks of many
sizes, eight new cards a day in the order of the path, and never miss a day. The app sees their
answers alone. For each rule: when it holds first, and how much of the deck is truly recalled 30
days after that day without a further review. `docs/mastery.md` says what came of it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cards import fitting, luck, mastery, pace, vectors
from cards.scheduler import DEFAULT_PARAMETERS
from cards.vectors import Bools, Floats, Ints, Parameters
from tests.cards import learners

SIZES, TIMES = (6, 8, 10, 13, 20, 40, 80), 4  # a path has every size so often, taking turns
NEW_PER_DAY, RETENTION, WITHIN = 8, 0.9, (120, 200, 365)
VARIED, RUNS = 10, 4  # learners drawn around the published parameters, lives of each learner
UNEVEN = 0.5  # by what, as a logarithm, cards of the same history differ in how fast they fade

Rule = Callable[[Floats, Floats, Floats, bool], Floats]


def _one_score(p: Floats, v: Floats, n: Floats, fitted: bool) -> Floats:
    found: Floats = p - mastery.LOWER_TENTH * np.sqrt(v / n) - _margin(fitted)
    return found


def _rule(p: Floats, v: Floats, n: Floats, fitted: bool) -> Floats:
    found: Floats = mastery.bound(n, n * p, n * v, fitted)
    return found


def _wilson(p: Floats, v: Floats, n: Floats, fitted: bool) -> Floats:
    z, pool = mastery.LOWER_TENTH, np.maximum(n, mastery.FEW)
    half = z * np.sqrt(v / pool + z**2 / (4 * pool**2))
    found: Floats = (p + z**2 / (2 * pool) - half) / (1 + z**2 / pool) - _margin(fitted)
    return found


def _margin(fitted: bool) -> float:
    return mastery.MARGIN_FITTED if fitted else mastery.MARGIN_DEFAULT


# Each gives a bound that must reach 0.80, from the mean of recall p in 30 days, that of p(1 - p),
# the number of cards, and whether parameters are fitted.
RULES: dict[str, Rule] = {
    "a one score of n": _one_score,
    "b of 40 at least": _rule,
    "c margin + 0.06": lambda p, v, n, fitted: p - _margin(fitted) - 0.06,
    "d b after Wilson": _wilson,
    "e margin alone": lambda p, v, n, fitted: p - _margin(fitted),
}


@dataclass(slots=True)
class Memories:
    """What one side, the learner or the app, has of all cells; a cell is a card in a life."""

    w: Parameters
    stability: Floats
    difficulty: Floats

    def answer(self, cells: Ints, kind: int, gap: Ints, rating: Ints, seed: int, n: Ints) -> None:
        """Answer these cells, repeats on the same day included; both sides draw the same."""
        if kind == pace.LEARNING:
            memory = vectors.first(self.w, rating)
        else:
            s, d = self.stability[cells], self.difficulty[cells]
            memory = vectors.after(self.w, s, d, gap, rating)
        answers = luck.Answers(*memory, rating.copy(), np.zeros(len(cells)))
        luck.repeat(learners.HABITS, self.w, answers, kind, 1, seed, cells, n)
        self.stability[cells], self.difficulty[cells] = answers.stability, answers.difficulty


@dataclass(frozen=True, slots=True)
class Who:
    """A learner: the true parameters, those of the app, whether cards differ, and a seed."""

    true: Parameters
    app: Parameters
    fitted: bool
    uneven: float
    seed: int


class Lives:
    """Some lives of one learner on the path; `known` and the others have a row for each rule."""

    def __init__(self, who: Who, runs: int) -> None:
        self.who, self.runs = who, runs
        self.sizes = np.tile(SIZES, TIMES)
        self.cards = int(self.sizes.sum())
        deck = np.repeat(np.arange(len(self.sizes)), self.sizes)
        self.place = (np.arange(runs)[:, None] * len(self.sizes) + deck).ravel()
        self.size = np.tile(self.sizes, runs).astype(float)
        self.begun = np.tile((np.cumsum(self.sizes) - self.sizes) // NEW_PER_DAY, runs)
        cells = runs * self.cards
        self.true = Memories(who.true, np.ones(cells), np.ones(cells))
        self.app = Memories(who.app, np.ones(cells), np.ones(cells))
        self.fades = np.exp(np.random.default_rng(who.seed).normal(0, who.uneven, cells))
        self.last, self.passes, self.answers = np.zeros((3, cells), np.int64)
        self.due = np.full(cells, 10**6)
        self.known = np.full((len(RULES), len(self.size)), np.inf)
        self.kept, self.cost = np.full((2, *self.known.shape), np.nan)
        self.faded = np.zeros(self.known.shape)  # days on which what was known once is not
        # The same where a deck stays known until recall falls below `mastery.KEPT`; and what is
        # truly recalled 30 days after each day on which it is called known.
        self.called = np.zeros(self.known.shape, np.bool_)
        self.fell, self.days, self.truth = np.zeros((3, *self.known.shape))

    def study(self, day: int) -> None:
        """One day: what is due, then what is new; then look what is known."""
        self._answer(np.flatnonzero(self.due <= day), pace.REVIEW, day)
        new = np.arange(NEW_PER_DAY * day, min(self.cards, NEW_PER_DAY * (day + 1)))
        cells = (np.arange(self.runs)[:, None] * self.cards + new).ravel()
        self._answer(cells, pace.LEARNING, day)
        self._look(day)

    def _answer(self, cells: Ints, kind: int, day: int) -> None:
        gap, number = day - self.last[cells], self.answers[cells] * luck.PURPOSES
        draw, who = luck.draws(self.who.seed, cells, number), self.who
        if kind == pace.LEARNING:
            rating = luck.ratings(learners.FIRST, draw)
        else:
            true = self.true.stability[cells] / self.fades[cells]
            rating = luck.reviewed(learners.HABITS, vectors.recall(who.true, true, gap), draw)
            self.passes[cells] += rating > 1
        for side in (self.true, self.app):
            side.answer(cells, kind, gap, rating, who.seed, number)
        days = vectors.intervals(who.app, self.app.stability[cells], RETENTION)
        days = vectors.spread(days, luck.draws(who.seed, cells, number + luck.INTERVAL))
        self.last[cells], self.due[cells] = day, day + days.astype(np.int64)
        self.answers[cells] += 1

    def _look(self, day: int) -> None:
        open_ = day - self.begun <= max(WITHIN)
        ready = (self._sum(self.passes >= mastery.PASSES) == self.size) & open_
        if not ready.any():
            return
        ahead = day - self.last + mastery.HORIZON
        p = vectors.recall(self.who.app, self.app.stability, ahead)
        kept = vectors.recall(self.who.true, self.true.stability / self.fades, ahead)
        means = [self._sum(column) / self.size for column in (p, p * (1 - p), kept, self.answers)]
        for row, rule in enumerate(RULES.values()):
            bound = rule(means[0], means[1], self.size, self.who.fitted)
            holds, new = ready & (bound >= mastery.SHARE), np.isinf(self.known[row])
            self.faded[row] += ~holds & ~new & open_
            self.called[row] = holds | (self.called[row] & (means[0] >= mastery.KEPT))
            self.fell[row] += ~self.called[row] & ~new & open_
            self.days[row] += self.called[row] & open_
            self.truth[row] += np.where(self.called[row] & open_, means[2], 0.0)
            first = holds & new
            self.known[row, first] = (day - self.begun)[first]
            self.kept[row, first], self.cost[row, first] = means[2][first], means[3][first]

    def _sum(self, column: Floats | Ints | Bools) -> Floats:
        found: Floats = np.bincount(self.place, column, minlength=len(self.size)).astype(float)
        return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mastery", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="lives of a learner (%(default)s)")
    runs = parser.parse_args().runs
    for title, everybody in _populations():
        lives = [_played(who, runs) for who in everybody]
        print(f"\n{title}: {len(lives)} learners, {runs} lives each\n{HEAD}", flush=True)
        for row, name in enumerate(RULES):
            for size in SIZES:
                print(_line(name, size, row, lives), flush=True)


HEAD = (
    f"{'rule':<17} {'cards':>5}  {'120 d':>5} {'200 d':>5} {'365 d':>5}  {'median':>6}  "
    f"{'answers':>7}  {'kept':>6} {'5 %':>5} {'worst':>5}  {'>= .75':>7}  {'fading':>6}"
    f"  {'steady':>6} {'kept':>6}"
)


def _line(name: str, size: int, row: int, lives: Sequence[Lives]) -> str:
    """One rule and one size: reached in so many days, at which cost, and what is kept then."""
    columns = ("known", "kept", "cost", "faded", "fell", "days", "truth")
    known, kept, cost, faded, fell, days, truth = (
        np.concatenate([getattr(life, column)[row, life.size == size] for life in lives])
        for column in columns
    )
    reached = " ".join(f"{np.mean(known <= limit):5.0%}" for limit in WITHIN)
    line, there = f"{name:<17} {size:>5}  {reached}", np.isfinite(known)
    if not there.any():
        return line
    kept, left = kept[there], max(WITHIN) - known[there]
    return (
        f"{line}  {np.median(known):6.0f}  {cost[there].mean():7.1f}  {kept.mean():6.3f} "
        f"{np.quantile(kept, 0.05):5.2f} {kept.min():5.2f}  {np.mean(kept >= 0.75):7.1%}  "
        f"{faded[there].sum() / max(left.sum(), 1):6.1%}  "
        f"{fell[there].sum() / max(left.sum(), 1):6.1%} {truth.sum() / max(days.sum(), 1):6.3f}"
    )


def _populations() -> Iterator[tuple[str, list[Who]]]:
    chance = random.Random(4)
    everybody = [*learners.LEARNERS.values(), *(_varied(chance) for _ in range(VARIED))]
    default = DEFAULT_PARAMETERS
    yield "default parameters", [Who(w, default, False, 0, i) for i, w in enumerate(everybody)]
    yield "fitted parameters", [_fitted(w, i) for i, w in enumerate(everybody)]
    uneven = [Who(w, default, False, UNEVEN, i) for i, w in enumerate(everybody)]
    yield "default parameters, and cards differ", uneven


def _varied(chance: random.Random) -> tuple[float, ...]:
    """Parameters drawn around the published ones, about as far apart as those of people."""
    w, level = list(DEFAULT_PARAMETERS), chance.gauss(0, 0.5)
    w[:4] = sorted(one * np.exp(level + chance.gauss(0, 0.3)) for one in w[:4])
    for number, share in ((4, 0.1), (6, 0.2), (8, 0.08), (9, 0.3), (10, 0.2), (11, 0.2)):
        w[number] *= float(np.exp(chance.gauss(0, share)))
    w[20] = float(np.exp(chance.uniform(np.log(0.1), np.log(0.4))))
    return fitting.clamped(w)


def _fitted(true: Parameters, seed: int) -> Who:
    """The learner after 120 days on other cards; not fitted where the fit is not accepted."""
    life = learners.Learner(true, cards=400, new_per_day=NEW_PER_DAY, seed=seed).study(120)
    found = fitting.fit(life.history())
    return Who(true, found.parameters, found.accepted, 0, seed)


def _played(who: Who, runs: int) -> Lives:
    lives = Lives(who, runs)
    for day in range(lives.cards // NEW_PER_DAY + max(WITHIN) + 1):
        lives.study(day)
    return lives


if __name__ == "__main__":
    main()
