"""Settings and histories for the tests of the scheduler."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cards import scheduler
from cards.scheduler import Memory, Rating, Settings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SEED = "learner/card"
AGAIN, HARD, GOOD, EASY = Rating


def settings(**changes: Any) -> Settings:  # noqa: ANN401
    given: dict[str, Any] = {
        "parameters": scheduler.DEFAULT_PARAMETERS,
        "retention": 0.9,
        "zone": "UTC",
        "rollover": 4,
    }
    return Settings(**(given | changes))


def exact(**changes: Any) -> Settings:  # noqa: ANN401
    """As the published vectors want it: two learning steps, no fuzz."""
    return settings(learning_steps=(60, 600), fuzz=False, **changes)


def replay(ratings: Sequence[int], gaps: Sequence[int], given: Settings) -> Memory:
    """The memory after ratings that came so many study days after one another."""
    at, memory = NOW, scheduler.new(NOW, given)
    for rating, gap in zip(ratings, gaps, strict=True):
        at += gap * DAY
        memory = scheduler.answer(memory, Rating(rating), at, given, SEED)
    return memory


def reviewed(given: Settings) -> Memory:
    """A memory in state Review with an interval long enough to be fuzzed."""
    return replay([3, 3, 3], [0, 0, 3], given)
