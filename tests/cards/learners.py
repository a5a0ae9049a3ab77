"""Simulated learners: their true memory has parameters of its own, the app sees only answers.

They are made with `cards.scheduler`, one card at a time, so that nothing of the arrays under test
is needed to make them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from cards import days, history, pace, scheduler, simulation
from cards.scheduler import DEFAULT_PARAMETERS, Memory, Rating, Settings, State
from tests.cards.scheduling import NOW, settings
from tracker.db import milliseconds

START = days.of(NOW, "UTC", 4)


def like(**changes: float) -> tuple[float, ...]:
    """The default parameters with some changed, by number: `w0=1.0`."""
    numbers = {int(name[1:]): value for name, value in changes.items()}
    return tuple(numbers.get(i, value) for i, value in enumerate(DEFAULT_PARAMETERS))


# Plausible learners around the defaults: quick and slow beginnings, flat and steep forgetting.
LEARNERS = {
    "default": DEFAULT_PARAMETERS,
    "quick": like(w0=0.6, w1=2.6, w2=5.2, w3=16.0, w8=2.0, w20=0.2),
    "slow": like(w0=0.1, w1=0.6, w2=1.3, w3=4.5, w8=1.6, w11=1.2, w20=0.15),
    "steep": like(w2=3.2, w8=1.75, w10=1.0, w20=0.4),
    "flat": like(w0=0.3, w2=1.9, w9=0.14, w20=0.1),
    "difficult": like(w4=7.4, w6=3.6, w8=1.7, w14=1.4, w20=0.25),
}
FIRST = (0.24, 0.094, 0.495, 0.171)
PASSED = (0.224, 0.631, 0.145)
STEPS = ((0.37, 0.06, 0.51, 0.06), (0.05, 0.45, 0.45, 0.05), (0.05, 0.05, 0.85, 0.05))


# The habits of all these learners, as the simulation is told them.
HABITS = pace.Pace(first=FIRST, passed=PASSED, learning=STEPS, relearning=STEPS)


def fresh(
    cards: int, decks: int = 1, memories: tuple[np.ndarray, ...] | None = None
) -> simulation.Cards:
    """Cards never seen, spread over decks in order, or with these memories; one group of all."""
    nothing = np.zeros(cards, np.int64)
    memories = memories or (*(nothing,) * 4, np.ones(cards), np.ones(cards))
    state, last_day, due_day, passes, stability, difficulty = memories
    return simulation.Cards(
        deck=np.arange(cards) * decks // max(1, cards),
        state=state,
        stability=stability,
        difficulty=difficulty,
        last_day=last_day,
        due_day=due_day,
        passes=passes,
        coming=np.flatnonzero(state == State.New),
        decks=decks,
        groups=(tuple(range(decks)),),
    )


@dataclass
class Learner:
    """One learner with so many cards; `study` goes on from day to day."""

    true: Sequence[float]
    app: Sequence[float] = DEFAULT_PARAMETERS
    cards: int = 100
    new_per_day: int = 10
    retention: float = 0.9
    seed: int = 0
    # What the learner's mood of a day adds to every log-odds of recall.
    moods: dict[int, float] = field(default_factory=dict)
    day: int = START
    memories: dict[int, Memory] = field(default_factory=dict)
    truths: dict[int, Memory] = field(default_factory=dict)
    rows: list[history.Row] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)  # reviews by day

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.apps: Settings = settings(parameters=self.app, retention=self.retention)
        self.trues: Settings = settings(parameters=self.true, fuzz=False)

    def study(self, count: int, skip: Sequence[int] = ()) -> Learner:
        """So many study days; on those in `skip`, counted from 0, nothing is done."""
        for number in range(count):
            if number not in skip:
                self._today()
            self.day += 1
        return self

    def review(self, due: Sequence[int], seconds: float, costs: Sequence[Sequence[float]]) -> bool:
        """One day of these reviews in this order, as far as the time goes; whether all were."""
        at = days.start(self.day, "UTC", 4) + timedelta(hours=6)
        left, done = seconds, 0
        for card in due:
            before = len(self.rows)
            self._answers(card, self._rating(card), at)
            ratings = [row[4] for row in self.rows[before:]]
            left -= costs[1][ratings[0] - 1] + sum(costs[2][one - 1] for one in ratings[1:])
            if left < 0:
                break
            done += 1
        self.day += 1
        return done == len(due)

    def history(self) -> history.History:
        """The learner's log."""
        return history.from_rows(sorted(self.rows, key=lambda row: (row[0], row[2])))

    def deck(self) -> simulation.Cards:
        """All cards as one deck for the simulation, as the app sees them."""
        found = [self.memories.get(card) for card in range(self.cards)]
        whole = [
            [getattr(one, name) or 0 if one else 0 for one in found]
            for name in ("state", "last_day", "due_day", "passes")
        ]
        real = [
            [getattr(one, name) if one else 1.0 for one in found]
            for name in ("stability", "difficulty")
        ]
        return fresh(self.cards, memories=(*map(np.array, whole), *map(np.array, real)))

    def recall(self, day: int) -> dict[int, float]:
        """The true recall of every card seen."""
        return {
            card: scheduler.recall(truth, day, self.true[20]) for card, truth in self.truths.items()
        }

    def _today(self) -> None:
        at = days.start(self.day, "UTC", 4) + timedelta(hours=6)
        due = [card for card, memory in self.memories.items() if memory.due_day <= self.day]
        new = range(len(self.memories), min(self.cards, len(self.memories) + self.new_per_day))
        self.counts[self.day] = sum(self.memories[card].state == State.Review for card in due)
        for card in due:
            self._answers(card, self._rating(card), at)
        for card in new:
            self._answers(card, self.chance.choices((1, 2, 3, 4), FIRST)[0], at)

    def _rating(self, card: int) -> int:
        odds = scheduler.recall(self.truths[card], self.day, self.true[20])
        mood = 2.718281828 ** self.moods.get(self.day, 0.0)
        odds = odds * mood / (odds * mood + 1 - odds)
        if self.chance.random() >= odds:
            return 1
        return self.chance.choices((2, 3, 4), PASSED)[0]

    def _answers(self, card: int, rating: int, at: datetime) -> None:
        for _ in range(6):
            self._answer(card, rating, at)
            if self.memories[card].state == State.Review:
                break
            at += timedelta(minutes=10)
            rating = self.chance.choices((1, 2, 3, 4), STEPS[rating - 1])[0]

    def _answer(self, card: int, rating: int, at: datetime) -> None:
        memory = self.memories.get(card)
        before = [memory.state, memory.step, memory.stability] if memory else None
        fitted = tuple(self.app) != DEFAULT_PARAMETERS
        row = (card, card // 40, milliseconds(at), self.day, rating, 6000, before, fitted)
        self.rows.append(row)
        self.memories[card] = self._next(memory, card, rating, at, self.apps)
        if self.true == self.app:  # only the interval differs, and the truth has no use for it
            self.truths[card] = self.memories[card]
        else:
            self.truths[card] = self._next(self.truths.get(card), card, rating, at, self.trues)

    def _next(
        self, memory: Memory | None, card: int, rating: int, at: datetime, given: Settings
    ) -> Memory:
        memory = memory or scheduler.new(at, given)
        return scheduler.answer(memory, Rating(rating), at, given, f"{self.seed}/{card}", self.day)
