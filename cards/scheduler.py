"""Memories: state, rating and time in, next state out. The only importer of fsrs.

Four rules make FSRS honest here. Time is counted in study days, not in blocks of 24 hours. Fuzz
is our own, the same each time it is asked for. Repeats on one study day earn nothing towards
mastery. Answers are applied in the order of their times: for a late one, the log is folded again.
"""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import lru_cache

import fsrs
from fsrs import Rating as Rating

from cards import days

DEFAULT_PARAMETERS: tuple[float, ...] = tuple(fsrs.Scheduler().parameters)
MAXIMUM_STABILITY = 36500.0
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=2)


class State(IntEnum):
    """Where a memory stands. The last three are numbered as in FSRS and Anki."""

    New = 0
    Learning = 1
    Review = 2
    Relearning = 3


@dataclass(frozen=True, slots=True)
class Memory:
    """One learner's memory of one card.

    Times are UTC, days are study days, `interval` is whole days and 0 while the card is learnt
    in steps. A Review memory is due on a study day, the others at an instant. `lapses` counts
    Again in state Review. `passes` counts study days on which the card was recalled (Hard or
    better) at the first answer since an earlier study day, so repeating it within a day earns
    nothing, and neither does the first meeting.
    """

    state: State
    step: int | None
    stability: float | None
    difficulty: float | None
    due: datetime
    due_day: int
    last_review: datetime | None
    last_day: int | None
    interval: int = 0
    reps: int = 0
    lapses: int = 0
    passes: int = 0
    last_pass_day: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How one learner's cards are scheduled; ValueError for anything FSRS cannot work with.

    21 `parameters` of FSRS-6, `retention` 0.70 to 0.99, an IANA `zone`, a `rollover` hour 0 to 12,
    steps in seconds, `maximum_interval` in days.
    """

    parameters: tuple[float, ...]
    retention: float
    zone: str
    rollover: int
    learning_steps: tuple[int, ...] = (600,)
    relearning_steps: tuple[int, ...] = (600,)
    maximum_interval: int = 36500
    fuzz: bool = True

    def __post_init__(self) -> None:
        for name in ("parameters", "learning_steps", "relearning_steps"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not 0.70 <= self.retention <= 0.99:
            raise ValueError("The desired retention must be between 0.70 and 0.99.")
        if not 0 <= self.rollover <= 12:
            raise ValueError("The roll-over hour must be between 0 and 12.")
        if not 1 <= self.maximum_interval <= 36500:
            raise ValueError("The maximum interval must be between 1 and 36500 days.")
        if not all(0 < step < 86400 for step in self.learning_steps + self.relearning_steps):
            raise ValueError("A step must be longer than nothing and shorter than a day.")
        days.zone(self.zone)
        _engine(self)


@lru_cache(maxsize=1024)
def _engine(settings: Settings) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        parameters=settings.parameters,
        desired_retention=settings.retention,
        learning_steps=[timedelta(seconds=step) for step in settings.learning_steps],
        relearning_steps=[timedelta(seconds=step) for step in settings.relearning_steps],
        maximum_interval=settings.maximum_interval,
        enable_fuzzing=False,
    )


def new(now: datetime, settings: Settings) -> Memory:
    """The memory of a card never seen: due now."""
    now = _utc(now)
    day = days.of(now, settings.zone, settings.rollover)
    return Memory(State.New, None, None, None, now, day, last_review=None, last_day=None)


def answer(
    memory: Memory,
    rating: Rating,
    at: datetime,
    settings: Settings,
    seed: str,
    day: int | None = None,
) -> Memory:
    """The memory after an answer at the time `at`; the same arguments always give the same one.

    `seed` names the card for the learner, so that cards answered together spread apart. `day` is
    the study day the answer was stored under, if it is replayed from the log: the learner may
    have moved to another zone since. Raises ValueError for a naive time and for one before the
    last review: such a late answer has to be folded in with `fold`.
    """
    at = _utc(at)
    if memory.last_review is not None and at < memory.last_review:
        raise ValueError("An answer from before the last review has to be folded in.")
    if day is None:
        day = days.of(at, settings.zone, settings.rollover)
    return _answer(memory, Rating(rating), at, day, settings, seed)


def buttons(memory: Memory, at: datetime, settings: Settings, seed: str) -> dict[Rating, Memory]:
    """The four memories an answer at `at` may lead to: the interval shown is the one given."""
    return {rating: answer(memory, rating, at, settings, seed) for rating in Rating}


def fold(
    answers: Iterable[tuple[datetime, Rating] | tuple[datetime, Rating, int]],
    settings: Settings,
    seed: str,
    start: Memory | None = None,
) -> list[Memory]:
    """The memory after each answer, in the order of their times, from new or from `start`.

    An answer is its time and rating, and its study day when the log knows it. Answers of the same
    instant keep the order in which they are given: give them by id. Answers made under other
    settings are replayed by calling `answer` with those of each.
    """
    memories: list[Memory] = []
    for at, rating, *day in sorted(answers, key=lambda given: given[0]):
        memory = memories[-1] if memories else start or new(at, settings)
        memories.append(answer(memory, rating, at, settings, seed, *day))
    return memories


def clamp(at: datetime, now: datetime, last: datetime | None) -> datetime:
    """The time an answer counts for, given the time its device claims.

    A time more than two minutes in the future, or from before 2000, is a wrong clock: the answer
    counts from now, though never from before the `last` review. Others are kept, also those
    from before the last review. Raises ValueError for a naive time.
    """
    if at.tzinfo is None or now.tzinfo is None:
        raise ValueError("An answer needs a time with a time zone.")
    if EARLIEST <= at <= now + AHEAD:
        return _utc(at)
    return _utc(now if last is None else max(now, last))


def made_due(memory: Memory, changed_at: datetime, settings: Settings) -> Memory:
    """The memory of a card whose meaning changed: due at the change, unless answered since."""
    changed_at = _utc(changed_at)
    last = memory.last_review
    if last is None or changed_at <= last or memory.due <= changed_at:
        return memory
    day = days.of(changed_at, settings.zone, settings.rollover)
    return replace(memory, due=changed_at, due_day=day)


def recall(memory: Memory, day: int, decay: float) -> float:
    """The predicted probability of recall on a study day: 0 for a card never seen."""
    if memory.stability is None or memory.last_day is None:
        return 0.0
    return recall_of(memory.stability, max(0, day - memory.last_day), decay)


def decay_of(settings: Settings) -> float:
    """The exponent of forgetting, positive: the 21st parameter."""
    return settings.parameters[20]


def recall_of(stability: float, days: float, decay: float) -> float:
    """The predicted probability of recall `days` after a review."""
    return float((1 + factor_of(decay) * days / stability) ** -decay)


@lru_cache(maxsize=1024)
def factor_of(decay: float) -> float:
    """The factor of the forgetting curve: recall is 0.9 after `stability` days."""
    return float(0.9 ** (-1 / decay) - 1)


def interval_for(stability: float, retention: float, decay: float) -> int:
    """Whole days, at least 1, until recall falls to `retention`."""
    days_left: float = stability / factor_of(decay) * (retention ** (-1 / decay) - 1)
    return max(1, round(days_left))


def from_sm2(
    ease: float, interval: float, retention: float, parameters: tuple[float, ...]
) -> tuple[float, float]:
    """Stability and difficulty of a card scheduled by SM-2 so far; the interval is in days."""
    decay = parameters[20]
    stability = interval * factor_of(decay) / (retention ** (-1 / decay) - 1)
    growth = math.exp(parameters[8]) * stability ** -parameters[9]
    growth *= math.expm1((1 - retention) * parameters[10])
    return stability, min(max(11 - (ease - 1) / growth, 1.0), 10.0)


def fuzz_range(interval: int, maximum: int) -> tuple[int, int]:
    """The shortest and longest interval, in days, that fuzz may make of `interval` (as in Anki)."""
    if interval < 3:
        return interval, interval
    delta = 1 + 0.15 * (min(interval, 7) - 2.5)
    delta += 0.1 * max(0, min(interval, 20) - 7) + 0.05 * max(0, interval - 20)
    return min(round(interval - delta), maximum), min(round(interval + delta), maximum)


def _answer(
    memory: Memory, rating: Rating, at: datetime, day: int, settings: Settings, seed: str
) -> Memory:
    # A traveller's study day may go back; the memory's never does.
    gap = 0 if memory.last_day is None else max(0, day - memory.last_day)
    last_day = day if memory.last_day is None else memory.last_day + gap
    card = _review(memory, rating, at, gap, settings)
    state, interval, due = State(card.state), 0, card.due
    due_day = max(last_day, days.of(due, settings.zone, settings.rollover))
    if state == State.Review:
        interval = _fuzzed((card.due - at).days, settings, seed, memory.reps)
        due_day = last_day + interval
        due = max(at, days.start(due_day, settings.zone, settings.rollover))
    passed = gap > 0 and rating != Rating.Again
    return Memory(
        state=state,
        step=card.step,
        stability=card.stability and min(card.stability, MAXIMUM_STABILITY),
        difficulty=card.difficulty,
        due=due,
        due_day=due_day,
        last_review=at,
        last_day=last_day,
        interval=interval,
        reps=memory.reps + 1,
        lapses=memory.lapses + (rating == Rating.Again and memory.state == State.Review),
        passes=memory.passes + passed,
        last_pass_day=last_day if passed else memory.last_pass_day,
    )


def _review(
    memory: Memory, rating: Rating, at: datetime, gap: int, settings: Settings
) -> fsrs.Card:
    # fsrs counts blocks of 24 hours since last_review: set back by the gap, they are study days.
    new = memory.state == State.New
    card = fsrs.Card(
        card_id=1,  # without an id, Card() sleeps to invent one
        state=fsrs.State.Learning if new else fsrs.State(memory.state),
        step=0 if new else memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=at,
        last_review=None if new else at - timedelta(days=gap),
    )
    return _engine(settings).review_card(card, rating, at)[0]


def _fuzzed(interval: int, settings: Settings, seed: str, reps: int) -> int:
    # One draw serves the four buttons, so a better answer never gets a shorter interval.
    if not settings.fuzz:
        return interval
    low, high = fuzz_range(interval, settings.maximum_interval)
    digest = hashlib.blake2b(f"{seed}:{reps}".encode(), digest_size=4).digest()
    return low + (int.from_bytes(digest) * (high - low + 1) >> 32)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise ValueError("An answer needs a time with a time zone.")
    return at.astimezone(UTC)
