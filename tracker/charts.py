"""Charts as SVG text, each with a sentence for those who do not see it and the table behind it.

Own code because of our headers and themes: pygal writes `<style>` and `<script>` into its SVG and
matplotlib style attributes, which the policy of our pages stops, and both fix colours and scale
their letters with the picture. Here shapes have classes, coloured by charts.css for light and dark;
they stretch with the page, letters keep their size, and no script is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup, escape

from tracker.axes import Axis, counted, number, percent, shares

LABELS = 5  # as many fit below a chart on a phone
Band = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, what it says in a sentence, and the table behind it."""

    svg: Markup
    text: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point to show on a line; `kind` is a class: "good", "again" or "" for plain."""

    x: float
    y: float
    label: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a card, for its forgetting curve: the stability in days that it led to."""

    day: int
    rating: str
    passed: bool
    stability: float


class Binned(Protocol):
    """Predictions of about the same size: means, and what observed may have been by chance."""

    @property
    def count(self) -> int: ...  # noqa: D102
    @property
    def predicted(self) -> float: ...  # noqa: D102
    @property
    def observed(self) -> float: ...  # noqa: D102
    @property
    def least(self) -> float: ...  # noqa: D102
    @property
    def most(self) -> float: ...  # noqa: D102


def bars(
    name: str,
    values: Sequence[float],
    labels: Sequence[str],
    band: Band | None = None,
    *,
    part: Sequence[float] | None = None,
    columns: tuple[str, ...] = ("Day", "Reviews", "80 % band"),
) -> Chart:
    """A bar for each value, with the range it may take, or a `part` of it told apart by its tone.

    `columns` names the labels, the values and then the band or the part.
    """
    more = [f"{number(low)} to {number(high)}" for low, high in band or ()]
    more += [number(value) for value in part or ()]
    cells = [list(labels), [number(value) for value in values], *([more] if more else [])]
    rows = tuple(zip(*cells, strict=True))
    y = counted(max([*values, *(high for _, high in band or ())], default=0))
    text = f"{name}: {_extremes(values, labels)}"
    shapes = _bars("bar", values, y) + _bars("part", part or (), y) + _slots(band or (), y)
    hits = "".join(_hit(place, columns, row) for place, row in enumerate(rows))
    every = math.ceil(len(labels) / LABELS) or 1
    places = range(0, len(labels), every)
    below = [(100 * (place + 0.5) / len(labels), labels[place]) for place in places]
    svg = _frame("columns", text, y, below, _plot(max(len(values), 1), shapes + hits))
    return Chart(svg, text, columns[: len(cells)], rows)


def line(
    name: str,
    points: Sequence[tuple[float, float]],
    band: Band | None = None,
    marks: Sequence[Mark] = (),
    *,
    at: Callable[[float], str] = number,
    y: Axis | None = None,
    now: float | None = None,
    columns: tuple[str, ...] = ("Day", "Recall", "80 % band"),
) -> Chart:
    """A line through points in the order of x, with the range it may take and marks on it.

    `at` puts x into words. What comes after `now` is dashed.
    """
    y = y or counted(max([v for _, v in points] + [high for _, high in band or ()], default=0))
    x = _across([place for place, _ in points])
    cells = [[at(place) for place, _ in points], [y.words(value) for _, value in points]]
    cells += [[f"{y.words(low)} to {y.words(high)}" for low, high in band]] if band else []
    rows = tuple(zip(*cells, strict=True))
    before = [point for point in points if now is None or point[0] <= now]
    after = points[len(before) - 1 :] if 0 < len(before) < len(points) else points[len(before) :]
    shapes = _area(points, band or (), x, y) + _stroke("line", before, x, y)
    shapes += _stroke("line ahead", after, x, y)
    below = [(x.at(tick), at(tick)) for tick in x.ticks]
    text = f"{name}: " + (f"{_point(rows[0])} to {_point(rows[-1])}" if rows else "nothing yet")
    inside = _plot(100, shapes) + "".join(_dot(mark, x, y) for mark in marks)
    return Chart(_frame("lines", text, y, below, inside), text, columns[: len(cells)], rows)


def forgetting(
    name: str,
    answers: Sequence[Answer],
    recall: Callable[[float, float], float],
    today: int,
    until: int,
    *,
    at: Callable[[float], str] = number,
) -> Chart:
    """The forgetting curve of one card: `recall(stability, elapsed days)` from answer to answer.

    `answers` come in their order; of each day the last one counts. The curve goes on to `until`,
    dashed from today; the table lists the answers.
    """
    by_day = {answer.day: answer for answer in answers}
    last = [by_day[day] for day in sorted(by_day)]  # a traveller's study day may go back
    ends = [answer.day for answer in last[1:]] + [max([today, until, *by_day])]
    points: list[tuple[float, float]] = []
    marks: list[Mark] = []
    for answer, end in zip(last, ends, strict=False):
        before = points[-1][1] if points else 1.0
        kind = "good" if answer.passed else "again"
        marks.append(Mark(answer.day, before, f"{at(answer.day)}: {answer.rating}", kind))
        days = {*range(answer.day, end, max(1, (end - answer.day) // 60)), answer.day, end}
        points += [(day, recall(answer.stability, day - answer.day)) for day in sorted(days)]
    y = shares(min((value for _, value in points), default=0.0))
    chart = line(name, points, marks=marks, at=at, y=y, now=today)
    cells = [
        (mark, answer.rating, answer.stability) for mark, answer in zip(marks, last, strict=True)
    ]
    rows = [(at(mark.x), rating, percent(mark.y), number(days)) for mark, rating, days in cells]
    columns = ("Day", "Answer", "Recall before", "Stability after, days")
    return Chart(chart.svg, chart.text, columns, tuple(rows))


def dots(name: str, bins: Sequence[Binned]) -> Chart:
    """Predicted beside observed: on the diagonal they agree; larger dots rest on more answers."""
    axis = shares(min((min(one.least, one.predicted) for one in bins), default=0.0))
    most = max((one.count for one in bins), default=1)
    rows = tuple(_binned(one) for one in bins)
    said = [f"predicted {row[0]}, observed {row[1]} of {row[3]}" for row in rows]
    text = f"{name}: " + ("; ".join(said) or "nothing yet")
    inside = _plot(100, '<path class="diagonal" d="M0 100 100 0"/>')
    inside += "".join(_bin(one, axis, most, words) for one, words in zip(bins, said, strict=True))
    inside += '<text x="50%" y="100%" dy="3em" text-anchor="middle">predicted</text>'
    inside += '<text x="0" y="0" dy="-.9em">observed</text>'
    below = [(axis.at(tick), axis.words(tick)) for tick in axis.ticks]
    columns = ("Predicted", "Observed", "Likely range", "Answers")
    return Chart(_frame("dots", text, axis, below, inside), text, columns, rows)


def _across(places: Sequence[float]) -> Axis:
    low = min(places, default=0.0)
    high = max([*places, low + 1])
    gap = (high - low) / (LABELS - 1)
    ticks = {round(low + gap * i) for i in range(LABELS)}
    return Axis(low, high, tuple(tick for tick in sorted(ticks) if low <= tick <= high))


def _extremes(values: Sequence[float], labels: Sequence[str]) -> str:
    if not values:
        return "nothing yet"
    top, low = max(values), min(values)
    most, least = labels[list(values).index(top)], labels[list(values).index(low)]
    return f"from {number(low)} ({least}) to {number(top)} ({most}), {number(sum(values))} in all"


def _point(row: Sequence[str]) -> str:
    return f"{row[1]} ({row[0]})"


def _frame(
    kind: str, text: str, y: Axis, below: Sequence[tuple[float, str]], inside: str
) -> Markup:
    parts = []
    for tick in y.ticks:
        top = f"{100 - y.at(tick):g}%"
        parts.append(f'<line class="grid" x1="0" x2="100%" y1="{top}" y2="{top}"/>')
        words = escape(y.words(tick))
        parts.append(f'<text x="-8" y="{top}" dy=".32em" text-anchor="end">{words}</text>')
    for place, label in below:
        middle = f'x="{place:g}%" y="100%" dy="1.7em" text-anchor="middle"'
        parts.append(f"<text {middle}>{escape(label)}</text>")
    head = f'<svg class="chart {kind}" role="img" aria-label="{escape(text)}">'
    return Markup(f"{head}{''.join(parts)}{inside}</svg>")  # noqa: S704  texts are escaped


def _plot(width: int, shapes: str) -> str:
    return f'<svg viewBox="0 0 {width} 100" preserveAspectRatio="none">{shapes}</svg>'


def _bars(name: str, values: Sequence[float], y: Axis) -> str:
    tops = [(place + 0.14, 100 - y.at(value)) for place, value in enumerate(values) if value > 0]
    d = "".join(f"M{left:g} 100V{top:g}h.72V100z" for left, top in tops)
    return f'<path class="{name}" d="{d}"/>' if d else ""


def _slots(band: Band, y: Axis) -> str:
    edges = [(place, 100 - y.at(low), 100 - y.at(high)) for place, (low, high) in enumerate(band)]
    d = "".join(f"M{place} {low:g}V{high:g}h1V{low:g}z" for place, low, high in edges)
    return f'<path class="band" d="{d}"/>' if d else ""


def _hit(place: int, columns: Sequence[str], row: Sequence[str]) -> str:
    values = zip(columns[1:], row[1:], strict=False)
    said = f"{row[0]}: " + ", ".join(f"{name.lower()} {value}" for name, value in values)
    return f'<path class="hit" d="M{place} 0h1v100h-1z"><title>{escape(said)}</title></path>'


def _stroke(name: str, points: Sequence[tuple[float, float]], x: Axis, y: Axis) -> str:
    d = " ".join(f"{x.at(place):g} {100 - y.at(value):g}" for place, value in points)
    return f'<path class="{name}" d="M{d}"/>' if d else ""


def _area(points: Sequence[tuple[float, float]], band: Band, x: Axis, y: Axis) -> str:
    if not band:
        return ""
    places = [x.at(place) for place, _ in points]
    upper = [(place, 100 - y.at(high)) for place, (_, high) in zip(places, band, strict=True)]
    lower = [(place, 100 - y.at(low)) for place, (low, _) in zip(places, band, strict=True)]
    d = " ".join(f"{place:g} {height:g}" for place, height in [*upper, *reversed(lower)])
    return f'<path class="band" d="M{d}z"/>'


def _dot(mark: Mark, x: Axis, y: Axis) -> str:
    place = f'cx="{x.at(mark.x):g}%" cy="{100 - y.at(mark.y):g}%"'
    title = f"<title>{escape(mark.label)}</title>"
    return f'<circle class="dot {mark.kind}" {place} r="4.5">{title}</circle>'


def _binned(one: Binned) -> tuple[str, ...]:
    likely = f"{percent(one.least)} to {percent(one.most)}"
    return percent(one.predicted), percent(one.observed), likely, number(one.count)


def _bin(one: Binned, axis: Axis, most: int, said: str) -> str:
    x, low, high = (f"{value:g}%" for value in _place(one, axis))
    middle = f"{100 - axis.at(one.observed):g}%"
    radius = 3 + 7 * math.sqrt(one.count / max(most, 1))
    whisker = f'<line class="whisker" x1="{x}" x2="{x}" y1="{low}" y2="{high}"/>'
    circle = f'<circle class="dot" cx="{x}" cy="{middle}" r="{radius:.1f}">'
    return f"{whisker}{circle}<title>{escape(said)}</title></circle>"


def _place(one: Binned, axis: Axis) -> tuple[float, float, float]:
    return axis.at(one.predicted), 100 - axis.at(one.least), 100 - axis.at(one.most)
