"""Plans: be ready by a date, and come back after a break.

Both search with the simulation, on the same luck for every plan tried, so that the better plan
wins and not the luckier one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from cards import forecast, simulation
from cards.forecast import Range, When
from cards.scheduler import State
from cards.simulation import Cards, Learner, Outcome, Plan
from cards.vectors import Floats

GOAL = 0.85  # mean recall over all cards that counts as ready
RUNS, FINAL = 8, 50  # runs for comparing plans, and for describing the one chosen
RETENTIONS = (0.80, 0.86, 0.91, 0.95)
SHARES = (1.0, 0.75, 0.55, 0.35)  # of the days, in which all new cards are to be seen
LATEST = 365  # days looked ahead for a later date
MORE = (1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)  # times the minutes asked for
LONGEST_BREAK = 180  # days within which a recovery is looked for


@dataclass(frozen=True, slots=True)
class Ready:
    """The plan with the highest expected recall on a date, within so many minutes a day.

    `recall` is the mean over all cards on that day, on which nothing is reviewed any more, and
    `usual` what the present settings reach within the same minutes. `minutes` is the mean of a
    day. If the goal is out of reach, `enough` are the minutes a day that would do, and `later`
    is the study day by which the same minutes would; None where nothing in reason would.
    """

    day: int
    plan: Plan
    recall: Range
    usual: float
    minutes: float
    goal: float = GOAL
    enough: int | None = None
    later: int | None = None

    @property
    def possible(self) -> bool:
        """Whether the goal is reached in at least half of the futures."""
        return self.recall.middle >= self.goal

    @property
    def sentence(self) -> str:
        """The plan, or what would be needed, in plain words."""
        return self._possible() if self.possible else self._impossible()

    def _possible(self) -> str:
        return (
            f"With {_count(self.plan.new_per_day, 'new card')} a day and a desired retention of "
            f"{round(100 * self.plan.retention)} %, you will recall about "
            f"{_percent(self.recall.middle)} ({round(100 * self.recall.low)} to "
            f"{_percent(self.recall.high)}) on {_date(self.day)}, in about "
            f"{_count(math.ceil(self.minutes), 'minute')} a day."
        )

    def _impossible(self) -> str:
        cap = _count(round(self.plan.minutes or 0), "minute")
        said = (
            f"{cap} a day are not enough for {_date(self.day)}: the best plan reaches "
            f"{_percent(self.recall.middle)}, not {_percent(self.goal)}."
        )
        ways = []
        if self.enough is not None:
            ways.append(f"with {self.enough} minutes a day")
        if self.later is not None:
            ways.append(f"with the same minutes by {_date(self.later)}")
        return said + (f" It can be done {' or '.join(ways)}." if ways else "")


@dataclass(frozen=True, slots=True)
class Recovery:
    """How to come back after a break, with a cap on the minutes a day and no new cards.

    `waiting` reviews are due; `order` holds the places of their cards, most recall gained per
    minute first. `recovered` is the day at whose end nothing is left over. `minutes` are those
    of each day until then, `recall` the mean over all cards at the end of each.
    """

    today: int
    waiting: int
    order: tuple[int, ...]
    cap: float
    recovered: When
    minutes: tuple[Range, ...]
    recall: tuple[float, ...]
    enough: int | None = None

    @property
    def sentence(self) -> str:
        """What to expect, in plain words."""
        if not self.waiting:
            return "Nothing waits: you have caught up."
        said = f"{_count(self.waiting, 'review')} wait."
        likely = self.recovered.likely
        if likely is None:
            more = f" {self.enough} minutes a day would be." if self.enough else ""
            cap = _count(round(self.cap), "minute")
            return f"{said} {cap} a day are not enough to catch up.{more}"
        days = _count(likely - self.today + 1, "day")
        return (
            f"{said} With at most {_count(round(self.cap), 'minute')} a day you will have caught "
            f"up on {_date(likely)}, in {days}; what gains most per minute comes first."
        )


def ready_by(
    cards: Cards, plan: Plan, learner: Learner, today: int, day: int, minutes: float,
    goal: float = GOAL, seed: int = 0,
) -> Ready:  # fmt: skip
    """The best plan for the study day `day`, after today, in at most `minutes` a day.

    `plan` is how the learner studies now; its days off are kept. ValueError for a day that is not
    to come.
    """
    if day <= today:
        raise ValueError("The day to be ready by must be to come.")
    search = _Search(cards, learner, today, day, seed)
    usual = replace(plan, minutes=minutes, days_off=plan.days_off | {day})
    chosen = search.best(usual)
    outcome = search.play(chosen, FINAL)
    recall = search.recalls(outcome)
    found = Ready(
        day=day,
        plan=chosen,
        recall=Range(*np.quantile(recall, (0.1, 0.5, 0.9)).tolist()),
        usual=float(search.recalls(search.play(usual, FINAL)).mean()),
        minutes=float(outcome.seconds[:, :-1].mean()) / 60,
        goal=goal,
    )
    if found.possible:
        return found
    return replace(found, enough=search.enough(usual, goal), later=search.later(chosen, goal))


def recovery(
    cards: Cards, plan: Plan, learner: Learner, today: int, minutes: float, seed: int = 0
) -> Recovery:
    """The way back with at most `minutes` a day, which are used for what gains most recall."""
    capped = replace(plan, minutes=minutes, new_per_day=0, reviews_per_day=10**6, order="gain")
    due = np.flatnonzero((cards.state == State.Review) & (cards.due_day <= today))
    elapsed = np.maximum(today - cards.last_day[due], 0)
    gain = simulation.gain(learner, plan, cards.stability[due], cards.difficulty[due], elapsed)
    outcome, recovered = _catch_up(cards, capped, learner, today, FINAL, seed)
    until = LONGEST_BREAK if recovered.likely is None else recovered.likely - today + 1
    spent = np.quantile(outcome.seconds[:, :until] / 60, (0.1, 0.5, 0.9), axis=0)
    recall = outcome.remembered.sum(1).mean(0) / max(1, len(cards))
    return Recovery(
        today=today,
        waiting=len(due),
        order=tuple(due[np.argsort(-gain, kind="stable")].tolist()),
        cap=minutes,
        recovered=recovered,
        minutes=tuple(Range(*day) for day in spent.T.tolist()),
        recall=tuple(recall[:until].tolist()),
        enough=_enough(cards, capped, learner, today, seed) if recovered.likely is None else None,
    )


class _Search:
    """Plans for one date, compared by mean recall on it."""

    def __init__(self, cards: Cards, learner: Learner, today: int, day: int, seed: int) -> None:
        self.cards, self.learner = cards, learner
        self.today, self.day, self.seed = today, day, seed
        self.days = day - today

    def play(self, plan: Plan, runs: int, days: int | None = None) -> Outcome:
        """Play a plan until the date; nothing is reviewed on the date itself."""
        days = (self.days if days is None else days) + 1
        return simulation.simulate(
            self.cards, plan, self.learner, self.today, days, runs, self.seed, watch=False
        )

    def recalls(self, outcome: Outcome) -> Floats:
        """Mean recall of all cards on the last day, by run."""
        return np.asarray(outcome.remembered[:, :, -1].sum(1) / max(1, len(self.cards)))

    def best(self, usual: Plan) -> Plan:
        """The best plan: of a coarse grid and the usual one, then of the neighbours of that."""
        coarse = [usual, *self._grid(usual, RETENTIONS, SHARES)]
        first = max(coarse, key=self._mean)
        return max([first, *self._near(first)], key=self._mean)

    def enough(self, usual: Plan, goal: float) -> int | None:
        """The whole minutes a day that reach the goal on the date."""
        cap = usual.minutes or 1.0
        below = cap
        for factor in MORE:
            if self._reaches(usual, cap * factor, goal):
                middle = (below + cap * factor) / 2
                least = middle if self._reaches(usual, middle, goal) else cap * factor
                return math.ceil(least)
            below = cap * factor
        return None

    def later(self, chosen: Plan, goal: float) -> int | None:
        """The first later study day on which the same minutes reach the goal."""
        days = max(LATEST, 2 * self.days)
        for plan in self._grid(chosen, (chosen.retention,), (1.0,)):
            outcome = self.play(replace(plan, days_off=plan.days_off - {self.day}), RUNS, days)
            recall = np.median(outcome.remembered.sum(1), axis=0) / max(1, len(self.cards))
            reached = np.flatnonzero(recall[self.days :] >= goal)
            if reached.size:
                return self.day + int(reached[0]) + 1
        return None

    def _mean(self, plan: Plan) -> float:
        return float(self.recalls(self.play(plan, RUNS)).mean())

    def _reaches(self, usual: Plan, minutes: float, goal: float) -> bool:
        plans = self._grid(replace(usual, minutes=minutes), RETENTIONS[1::2], SHARES[:3:2])
        return any(self._mean(plan) >= goal for plan in plans)

    def _grid(
        self, usual: Plan, retentions: Sequence[float], shares: Sequence[float]
    ) -> Iterator[Plan]:
        coming = len(self.cards.coming)
        speeds = sorted({math.ceil(coming / max(1.0, self.days * share)) for share in shares})
        for new in speeds:
            for retention in retentions:
                yield replace(usual, new_per_day=new, retention=retention, reviews_per_day=10**6)

    def _near(self, plan: Plan) -> Iterator[Plan]:
        step = max(1, plan.new_per_day // 8)
        for new in {max(0, plan.new_per_day + change * step) for change in (-1, 0, 1)}:
            for change in (-0.02, 0.0, 0.02):
                retention = round(min(max(plan.retention + change, 0.70), 0.97), 2)
                yield replace(plan, new_per_day=new, retention=retention)


def _catch_up(
    cards: Cards, plan: Plan, learner: Learner, today: int, runs: int, seed: int
) -> tuple[Outcome, When]:
    outcome = simulation.simulate(
        cards, plan, learner, today, LONGEST_BREAK, runs, seed, watch=False
    )
    clear = outcome.backlog == 0
    ahead = np.where(clear.any(1), clear.argmax(1), np.inf)[:, None]
    found = replace(outcome, known=ahead)
    return outcome, forecast.whens(found, today, LONGEST_BREAK, error=0.0)[0]


def _enough(cards: Cards, plan: Plan, learner: Learner, today: int, seed: int) -> int | None:
    for factor in MORE:
        more = replace(plan, minutes=(plan.minutes or 1.0) * factor)
        if _catch_up(cards, more, learner, today, RUNS, seed)[1].likely is not None:
            return math.ceil(more.minutes or 0)
    return None


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def _date(day: int) -> str:
    on = date.fromordinal(day)
    return f"{on.day} {on:%B %Y}"
