"""One deck of cards, many possible futures: days of study played out by random draws.

Day by day, for many runs at once: which cards are due, in which order, up to which limit, how
they are answered, repeats on the same day included, and what that makes of the memories.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cards import luck, mastery, pace, vectors
from cards.pace import Pace
from cards.scheduler import State
from cards.vectors import Bools, Floats, Ints, Parameters

Order = Literal["recall", "gain", "due"]
NEVER = 10_000_000  # a study day that does not come


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards that take part, one entry each; days are study days.

    `deck` counts from 0. Unseen cards are in `State.New`, and `coming` holds their places in the
    order in which they will come (one that is set aside is left out). A memory that must not come
    is due on day `NEVER`. `groups` are sets of decks to report on together, such as a section.
    """

    deck: Ints
    state: Ints
    stability: Floats
    difficulty: Floats
    last_day: Ints
    due_day: Ints
    passes: Ints
    coming: Ints
    decks: int
    groups: tuple[tuple[int, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.deck)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the learner is going to study; `minutes` is a cap on a day, None is no cap.

    With a cap, reviews come before new cards, in an `order`: lowest recall first as in the
    queue, most recall gained per minute, or longest due. `weekdays_off` holds 0 (Monday) to 6,
    `days_off` study days. `done` is what was done today already: new cards, reviews, seconds.
    """

    retention: float = 0.9
    new_per_day: int = 8
    reviews_per_day: int = 200
    minutes: float | None = None
    weekdays_off: frozenset[int] = frozenset()
    days_off: frozenset[int] = frozenset()
    order: Order = "recall"
    done: tuple[int, int, float] = (0, 0, 0.0)
    learning_steps: int = 1
    relearning_steps: int = 1
    fuzz: bool = True


@dataclass(frozen=True, slots=True)
class Learner:
    """Who studies: parameters of the memory, the pace, and whether the parameters are fitted."""

    parameters: Parameters
    habits: Pace = pace.DEFAULT
    fitted: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, with a row for each run and a column for each day from today.

    `reviews` counts answers to cards in state Review, `new` cards seen for the first time,
    `backlog` reviews due but not done that day. `remembered` is the sum of recall at the end of
    the day, by run, deck and day. `known` is the number of days after which each deck, then each
    group, was known, by run; infinite where it was not.
    """

    reviews: Floats
    new: Floats
    seconds: Floats
    backlog: Floats
    remembered: Floats
    known: Floats


def simulate(
    cards: Cards, plan: Plan, learner: Learner, today: int, days: int, runs: int,
    seed: int = 0, watch: bool = True,
) -> Outcome:  # fmt: skip
    """Play out so many days from `today` on, the same for the same seed.

    `watch` says whether to look when decks become known.
    """
    game = _Game(cards, plan, learner, today, runs, seed)
    counts = np.zeros((4, runs, days))
    remembered = np.zeros((runs, cards.decks, days))
    for number in range(days):
        counts[:, :, number] = game.play(number)
        remembered[:, :, number] = game.remembered()
        if watch:
            game.look(number)
    reviews, new, seconds, backlog = counts
    return Outcome(reviews, new, seconds, backlog, remembered, game.known)


# About as long as catching up takes: of 1 to 60 days, a week leaves most remembered meanwhile.
_AHEAD = np.asarray(7)


def gain(learner: Learner, plan: Plan, s: Floats, d: Floats, elapsed: Ints) -> Floats:
    """What a review now adds to recall a week from now, for each second it takes."""
    w, seconds = learner.parameters, np.asarray(learner.habits.seconds)
    now = vectors.recall(w, s, elapsed)
    later = np.maximum(elapsed, 1)
    made = [
        vectors.recall(w, vectors.after(w, s, d, later, np.full(len(s), rating))[0], _AHEAD)
        for rating in (1, 3)
    ]
    added = (1 - now) * made[0] + now * made[1] - vectors.recall(w, s, elapsed + _AHEAD)
    failing = seconds[pace.REVIEW, 0] + plan.relearning_steps * seconds[pace.RELEARNING, 2]
    spent: Floats = now * seconds[pace.REVIEW, 2] + (1 - now) * failing
    return added / spent


class _Game:
    """The state of all runs; a cell is a card in a run, and cells of a run stand together."""

    def __init__(
        self, cards: Cards, plan: Plan, learner: Learner, today: int, runs: int, seed: int
    ) -> None:
        self.cards, self.plan, self.learner = cards, plan, learner
        self.w = learner.parameters
        self.today, self.day, self.runs, self.seed = today, today, runs, seed
        new = cards.state == State.New
        self.s = np.tile(np.where(new, 1.0, cards.stability), runs)
        self.d = np.tile(np.where(new, 5.0, cards.difficulty), runs)
        self.last = np.tile(np.where(new, today, cards.last_day), runs)
        self.due = np.tile(np.where(new, NEVER, cards.due_day), runs)
        self.passes = np.tile(np.where(new, 0, cards.passes), runs)
        self.in_steps = np.tile(~new & (cards.state != State.Review), runs)
        self.seen = np.tile(~new, runs)
        self.answers = np.zeros(runs * len(cards), np.int64)
        self.begun = np.zeros(runs, np.int64)  # how many of `coming` have come
        self.spent, self.cap = np.zeros(runs), np.zeros(runs)
        self.place = (np.arange(runs)[:, None] * cards.decks + cards.deck).ravel()
        self.size = self._by_unit(self._by_deck(np.ones(len(self.s))))
        self.known = np.full(self.size.shape, np.inf)

    def play(self, number: int) -> tuple[Floats, Floats, Floats, Floats]:
        """One day: reviews, new cards, seconds and backlog by run."""
        self.day = self.today + number
        new, reviews, seconds = self.plan.done if number == 0 else (0, 0, 0.0)
        minutes = np.inf if self.plan.minutes is None else self.plan.minutes
        self.spent = np.zeros(self.runs)
        self.cap = np.where(self._comes(seconds), max(0.0, minutes * 60 - seconds), -1.0)
        waiting = np.flatnonzero(self.due <= self.day)
        due = waiting[self.cap[self._run(waiting)] >= 0]
        steps = self.in_steps[due]
        self._answer(due[steps], pace.RELEARNING)
        chosen = self._first(due[~steps], max(0, self.plan.reviews_per_day - reviews))
        done = self._count(self._answer(chosen, pace.REVIEW))
        begun = self._count(self._answer(self._next(self.plan.new_per_day - new), pace.LEARNING))
        self.begun += begun.astype(np.int64)
        return done, begun, self.spent, self._count(waiting) - self._count(due[steps]) - done

    def remembered(self) -> Floats:
        """The sum of recall of each deck by run."""
        return self._by_deck(np.where(self.seen, self._recall(0), 0.0))

    def look(self, number: int) -> None:
        """Note which decks and groups are known now, by the rule of `cards.mastery`."""
        passed = self._by_unit(self._by_deck(self.passes >= mastery.PASSES))
        open_ = (passed >= self.size) & (self.size > 0) & np.isinf(self.known)
        if not open_.any():
            return
        p = np.where(self.seen, self._recall(mastery.HORIZON), 0.0)
        ahead, variance = (self._by_unit(self._by_deck(column)) for column in (p, p * (1 - p)))
        bound = mastery.bound(self.size, ahead, variance, self.learner.fitted)
        self.known[open_ & (bound >= mastery.SHARE)] = number

    def _comes(self, seconds: float) -> Bools:
        weekday = pace.weekday(self.day)
        if weekday in self.plan.weekdays_off or self.day in self.plan.days_off:
            return np.zeros(self.runs, np.bool_)
        draw = luck.draws(self.seed + 1, np.arange(self.runs), self.day)
        return (draw < self.learner.habits.attendance[weekday]) | (seconds > 0)

    def _first(self, due: Ints, limit: int) -> Ints:
        """The reviews of each run in the order of the plan, up to the limit."""
        if self.plan.minutes is None and self._count(due).max(initial=0) <= limit:
            return due
        runs = self._run(due)
        due = due[np.lexsort((-self._urgency(due), runs))]
        place = np.arange(len(due)) - np.searchsorted(runs, np.arange(self.runs))[runs]
        return due[place < limit]

    def _urgency(self, due: Ints) -> Floats:
        elapsed = np.maximum(self.day - self.last[due], 0)
        if self.plan.order == "gain":
            return gain(self.learner, self.plan, self.s[due], self.d[due], elapsed)
        if self.plan.order == "due":
            return (self.day - self.due[due]).astype(float)
        return np.asarray(elapsed / self.s[due])

    def _next(self, limit: int) -> Ints:
        """The cells of the next new cards of each run that studies today."""
        coming = np.where(self.cap >= 0, len(self.cards.coming) - self.begun, 0)
        count = np.clip(coming, 0, max(0, limit))
        runs = np.repeat(np.arange(self.runs), count)
        place = np.arange(len(runs)) - np.repeat(np.cumsum(count) - count, count)
        return np.asarray(runs * len(self.cards) + self.cards.coming[self.begun[runs] + place])

    def _answer(self, cells: Ints, kind: int) -> Ints:
        """Answer cells as far as the day's time goes; the cells answered."""
        if not cells.size:
            return cells
        answers, passed = self._drawn(cells, kind)
        kept = self._in_time(cells, answers.seconds)
        cells = cells[kept]
        self.s[cells], self.d[cells] = answers.stability[kept], answers.difficulty[kept]
        self.passes[cells] += passed[kept]
        interval = vectors.intervals(self.w, self.s[cells], self.plan.retention)
        if self.plan.fuzz:
            interval = vectors.spread(interval, self._draw(cells, luck.INTERVAL))
        self.last[cells], self.due[cells] = self.day, self.day + interval.astype(np.int64)
        self.seen[cells], self.in_steps[cells] = True, False
        self.answers[cells] += 1
        return cells

    def _drawn(self, cells: Ints, kind: int) -> tuple[luck.Answers, Bools]:
        """The answers that a day gives to these cells, and whether they count as passes."""
        gap, draw = np.maximum(self.day - self.last[cells], 0), self._draw(cells, 0)
        if kind == pace.LEARNING:
            rating = luck.ratings(self.learner.habits.first, draw)
            memory = vectors.first(self.w, rating)
        else:
            recall = vectors.recall(self.w, self.s[cells], gap)
            rating = luck.reviewed(self.learner.habits, recall, draw)
            memory = vectors.after(self.w, self.s[cells], self.d[cells], gap, rating)
        seconds = np.asarray(self.learner.habits.seconds)[kind, rating - 1]
        answers = luck.Answers(*memory, rating.copy(), seconds)
        plan, number = self.plan, self.answers[cells] * luck.PURPOSES
        steps = plan.learning_steps if kind == pace.LEARNING else plan.relearning_steps
        luck.repeat(self.learner.habits, self.w, answers, kind, steps, self.seed, cells, number)
        return answers, (rating > 1) & (gap > 0)

    def _in_time(self, cells: Ints, seconds: Floats) -> Bools:
        """Which answers fit into the time left, and the time they take, noted."""
        runs = self._run(cells)
        total = np.cumsum(seconds)
        before = np.searchsorted(runs, np.arange(self.runs))
        spent: Floats = total - np.concatenate([[0.0], total])[before][runs]
        kept = np.asarray(self.spent[runs] + spent <= self.cap[runs] + 1e-9)
        self.spent += np.bincount(runs[kept], seconds[kept], minlength=self.runs)
        return kept

    def _draw(self, cells: Ints, purpose: int) -> Floats:
        return luck.draws(self.seed, cells, self.answers[cells] * luck.PURPOSES + purpose)

    def _recall(self, ahead: int) -> Floats:
        return vectors.recall(self.w, self.s, np.maximum(self.day - self.last, 0) + ahead)

    def _by_deck(self, column: Floats | Bools) -> Floats:
        # Not by a product of matrices: its threads fight for the processor on a busy machine.
        cells = self.runs * self.cards.decks
        sums = np.bincount(self.place, column, minlength=cells).astype(float)
        return sums.reshape(self.runs, self.cards.decks)

    def _by_unit(self, by_deck: Floats) -> Floats:
        groups = [by_deck[:, list(group)].sum(1) for group in self.cards.groups]
        return np.column_stack([by_deck, *groups])

    def _run(self, cells: Ints) -> Ints:
        return cells // len(self.cards)

    def _count(self, cells: Ints) -> Floats:
        return np.bincount(self._run(cells), minlength=self.runs).astype(float)
