"""The scales of charts, and figures in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, with lines at `ticks`; shares are written as percent."""

    low: float
    high: float
    ticks: tuple[float, ...]
    percent: bool = False

    def at(self, value: float) -> float:
        """Where a value stands, 0 to 100 from the low end."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def words(self, value: float) -> str:
        """A value as text."""
        return percent(value) if self.percent else number(value)


def percent(share: float) -> str:
    """0.873 as "87 %"."""
    return f"{100 * share:.0f} %"


def number(value: float) -> str:
    """1234.0 as "1,234", 1.25 as "1.2"."""
    return f"{value:,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.1f}"


def counted(top: float) -> Axis:
    """An axis from nought for counts up to `top`, with lines at round numbers."""
    step = next(step for step in _steps() if 4 * step >= top)
    lines = max(1, math.ceil(top / step))
    return Axis(0, lines * step, tuple(float(step * i) for i in range(lines + 1)))


def shares(least: float = 0.0) -> Axis:
    """An axis for shares that ends at 1 and begins at the tenth below `least`."""
    low = min(max(math.floor(10 * least), 0), 9)
    step = 1 if low > 5 else 2
    ticks = range(10, low - 1, -step)
    return Axis(low / 10, 1.0, tuple(tick / 10 for tick in ticks), percent=True)


def _steps() -> Iterator[int]:
    for power in count():
        yield from (10**power, 2 * 10**power, 5 * 10**power)
