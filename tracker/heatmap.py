"""A calendar of counts by day as SVG: weeks are columns, Monday is on top, darker is more.

It comes in two pictures of half the weeks each, which stand side by side where there is room and
one below the other on a phone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from markupsafe import Markup, escape

from tracker.axes import number
from tracker.charts import Chart

CELL, LEFT, TOP = 13, 28, 16
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEVELS = 4


def calendar(
    name: str,
    counts: Mapping[int, int],
    first: int,
    last: int,
    *,
    off: Collection[int] = (),
    today: int | None = None,
) -> Chart:
    """The days `first` to `last` (ordinals of dates) with their counts; days `off` are ringed.

    The table has a row for each week.
    """
    monday, end = first - _weekday(first), last - _weekday(last) + 7
    middle = monday + 7 * ((end - monday + 7) // 14)
    steps = _steps([count for day, count in counts.items() if first <= day <= last])
    halves = "".join(
        _half(range(start, start + middle - monday), counts, (first, last), steps, off, today)
        for start in (monday, middle)
    )
    text = f"{name}: {_summary(counts, first, last)}"
    svg = Markup(f'<div class="calendar" role="img" aria-label="{escape(text)}">{halves}</div>')  # noqa: S704
    rows = [_week(start, counts, first, last) for start in range(monday, end, 7)]
    return Chart(svg, text, ("Week of", *WEEKDAYS), tuple(rows))


def words(day: int) -> str:
    """A day as "23 Nov 2026"."""
    at = date.fromordinal(day)
    return f"{at.day} {at:%b %Y}"


def _weekday(day: int) -> int:
    return (day + 6) % 7


def _steps(counts: Collection[int]) -> list[int]:
    """The least count of each level after the first, by quarters of the days with any."""
    ranked = sorted(count for count in counts if count)
    return [ranked[len(ranked) * part // LEVELS] for part in range(1, LEVELS)] if ranked else []


def _level(count: int, steps: list[int]) -> int:
    return 1 + sum(count >= step for step in steps) if count else 0


def _half(
    days: range,
    counts: Mapping[int, int],
    ends: tuple[int, int],
    steps: list[int],
    off: Collection[int],
    today: int | None,
) -> str:
    width, height = LEFT + CELL * (len(days) // 7), TOP + CELL * 7
    parts = [_names(days, ends[1])]
    for day in days:
        if ends[0] <= day <= ends[1]:
            many = counts.get(day, 0)
            kind = f"l{_level(many, steps)}{' off' * (day in off)}{' today' * (day == today)}"
            parts.append(_cell(day, days.start, kind, many, day in off))
    return f'<svg viewBox="0 0 {width} {height}" aria-hidden="true">{"".join(parts)}</svg>'


def _cell(day: int, first: int, kind: str, many: int, off: bool) -> str:
    week, weekday = divmod(day - first, 7)
    place = f'x="{LEFT + CELL * week}" y="{TOP + CELL * weekday}" width="11" height="11" rx="2"'
    said = f"{words(day)}: {number(many)}{', day off' * off}"
    return f'<rect class="{kind}" {place}><title>{said}</title></rect>'


def _names(days: range, last: int) -> str:
    parts = [f'<text x="0" y="{TOP + CELL * row + 9}">{WEEKDAYS[row]}</text>' for row in (0, 2, 4)]
    for day in range(days.start, min(days.stop, last + 1)):
        at = date.fromordinal(day)
        if at.day == 1:
            x = LEFT + CELL * ((day - days.start) // 7)
            parts.append(f'<text x="{x}" y="9">{at:%b}</text>')
    return "".join(parts)


def _summary(counts: Mapping[int, int], first: int, last: int) -> str:
    inside = {day: many for day, many in counts.items() if first <= day <= last and many}
    if not inside:
        return "nothing yet"
    best = max(inside, key=lambda day: inside[day])
    days = "1 day" if len(inside) == 1 else f"{len(inside)} days"
    return (
        f"{number(sum(inside.values()))} on {days}, most on {words(best)} ({number(inside[best])})"
    )


def _week(start: int, counts: Mapping[int, int], first: int, last: int) -> tuple[str, ...]:
    days = range(start, start + 7)
    cells = [number(counts.get(day, 0)) if first <= day <= last else "" for day in days]
    return (words(start), *cells)
