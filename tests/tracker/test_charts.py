"""A chart is well formed, keeps to the headers, stays in its box, and says what it shows."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import axes, charts, heatmap

TODAY = date(2026, 11, 23).toordinal()
COUNTS = st.floats(0, 1e6)
SHARES = st.floats(0, 1)
PAIRS = st.tuples(COUNTS, COUNTS).map(lambda pair: tuple(sorted(pair)))
HOSTILE = '<script>"&'
ALLOWED = {
    "class", "role", "aria-label", "aria-hidden", "viewBox", "preserveAspectRatio", "d", "x", "y",
    "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "dy", "width", "height", "text-anchor",
}  # fmt: skip


def drawn(chart):
    return ElementTree.fromstring(chart.svg)


def recall(stability, elapsed):
    return (1 + 0.98 * elapsed / stability) ** -0.15


def binned(count=10, predicted=0.8, observed=0.7, least=0.6, most=0.8):
    return SimpleNamespace(
        count=count, predicted=predicted, observed=observed, least=least, most=most
    )


def samples():
    answers = [charts.Answer(TODAY - 9, "Good", True, 3), charts.Answer(TODAY, "Again", False, 1)]
    return [
        charts.bars(HOSTILE, [1, 2], ["a", HOSTILE], part=[1, 0]),
        charts.bars("Forecast", [1, 2], ["a", "b"], [(0, 2), (1, 3)]),
        charts.bars("Nothing", [], []),
        charts.line("Known", [(0, 1), (1, 2)], [(0, 2), (1, 3)], now=0),
        charts.line("Nothing", []),
        charts.forgetting("Card", answers, recall, TODAY, TODAY + 30),
        charts.forgetting("New", [], recall, TODAY, TODAY),
        charts.dots("Model", [binned(), binned(900, 0.95)]),
        charts.dots("Model", []),
        heatmap.calendar(HOSTILE, {TODAY: 3}, TODAY - 364, TODAY, off={TODAY - 1}, today=TODAY),
        heatmap.calendar("Nothing", {}, TODAY, TODAY),
    ]


@pytest.mark.parametrize("chart", samples(), ids=lambda chart: chart.text[:20])
def test_a_chart_has_no_styles_ids_or_scripts_and_is_read_aloud(chart):
    root = drawn(chart)
    assert (root.get("role"), root.get("aria-label")) == ("img", chart.text)
    for element in root.iter():
        assert element.tag in {"svg", "path", "line", "text", "rect", "circle", "title", "div"}
        assert set(element.attrib) <= ALLOWED


@pytest.mark.parametrize("chart", samples(), ids=lambda chart: chart.text[:20])
def test_every_row_of_a_table_has_a_cell_for_each_column(chart):
    assert {len(row) for row in chart.rows} <= {len(chart.columns)}


@given(st.lists(st.tuples(COUNTS, PAIRS), min_size=1, max_size=70))
def test_bars_and_bands_stay_inside_the_plot(rows):
    values, band = zip(*rows, strict=True)
    chart = charts.bars("Load", values, [str(place) for place in range(len(rows))], band)
    for path in drawn(chart).iter("path"):
        if path.get("class") != "hit":
            heights = re.findall(r"V(-?[\d.e-]+)", path.get("d"))
            assert all(0 <= float(height) <= 100 for height in heights)
    assert len(chart.rows) == len(rows)


@given(st.lists(st.tuples(st.integers(0, 4000), SHARES), min_size=1, max_size=50, unique=True))
def test_a_line_goes_through_every_point_inside_the_plot(points):
    chart = charts.line("Recall", sorted(points), y=axes.shares())
    (path,) = [path for path in drawn(chart).iter("path") if path.get("class") == "line"]
    numbers = [float(text) for text in path.get("d")[1:].split()]
    assert len(numbers) == 2 * len(points)
    assert all(0 <= place <= 100 for place in numbers)


def test_what_comes_after_now_is_dashed_and_joins_what_came_before():
    chart = charts.line("Recall", [(0, 0), (1, 1), (2, 2)], now=1)
    lines = {path.get("class"): path.get("d") for path in drawn(chart).iter("path")}
    assert lines == {"line": "M0 100 50 50", "line ahead": "M50 50 100 0"}


@given(COUNTS)
def test_an_axis_reaches_the_highest_value_with_few_round_lines(top):
    axis = axes.counted(top)
    assert axis.high >= top and axis.low == 0
    assert 2 <= len(axis.ticks) <= 5


@given(SHARES)
def test_an_axis_of_shares_begins_below_the_least(least):
    axis = axes.shares(least)
    assert axis.low <= least and axis.high == 1
    assert all(axis.low <= tick <= 1 for tick in axis.ticks) and 2 <= len(axis.ticks) <= 6


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (1.25, "1.2"), (12.7, "13"), (1234, "1,234"), (3.0, "3")]
)
def test_a_figure_is_as_exact_as_it_needs_to_be(value, words):
    assert axes.number(value) == words


def test_bars_say_the_most_the_least_and_the_sum():
    chart = charts.bars("Due", [3, 1, 8], ["Mon", "Tue", "Wed"])
    assert chart.text == "Due: from 1 (Tue) to 8 (Wed), 12 in all"
    assert chart.rows == (("Mon", "3"), ("Tue", "1"), ("Wed", "8"))


def test_a_forgetting_curve_starts_again_at_each_answer_and_lists_them():
    days = (0, 5, 20)
    answers = [charts.Answer(day, "Good", day != 5, 4 + day) for day in days]
    chart = charts.forgetting("Card", answers, recall, 25, 40)
    assert [row[0] for row in chart.rows] == ["0", "5", "20"]
    assert chart.rows[1][2] == axes.percent(recall(4, 5))
    kinds = [dot.get("class") for dot in drawn(chart).iter("circle")]
    assert kinds == ["dot good", "dot again", "dot good"]


def test_answers_of_one_day_are_one_mark_with_the_last_of_them():
    answers = [charts.Answer(3, "Again", False, 0.5), charts.Answer(3, "Good", True, 1)]
    chart = charts.forgetting("Card", answers, recall, 4, 9)
    assert [row[1] for row in chart.rows] == ["Good"]


def test_a_dot_is_larger_the_more_answers_it_rests_on():
    chart = charts.dots("Model", [binned(count=10), binned(count=1000)])
    few, many = (float(dot.get("r")) for dot in drawn(chart).iter("circle"))
    assert few < many
    assert chart.rows[0] == ("80 %", "70 %", "60 % to 80 %", "10")


@given(st.integers(1, 800), st.dictionaries(st.integers(0, 800), st.integers(0, 5000)))
def test_a_calendar_has_one_cell_a_day_darker_where_more_was_done(length, ago):
    counts = {TODAY - day: many for day, many in ago.items()}
    chart = heatmap.calendar("Answers", counts, TODAY - length + 1, TODAY)
    cells = [
        (int(cell[0].text.split(": ")[1].replace(",", "")), cell.get("class"))
        for cell in drawn(chart).iter("rect")
    ]
    assert len(cells) == length
    assert [kind for _, kind in sorted(cells)] == sorted(kind for _, kind in cells)
    assert all((many == 0) == (kind == "l0") for many, kind in cells)


def test_a_calendar_puts_days_below_their_weekdays_and_rings_today_and_days_off():
    chart = heatmap.calendar("Answers", {TODAY: 5}, TODAY - 7, TODAY, off={TODAY - 1}, today=TODAY)
    last = list(drawn(chart).iter("rect"))[-2:]
    assert [cell.get("class") for cell in last] == ["l0 off", "l4 today"]
    assert [cell.get("y") for cell in last] == ["94", "16"]
    assert last[0][0].text == "22 Nov 2026: 0, day off"
    assert chart.text == "Answers: 5 on 1 day, most on 23 Nov 2026 (5)"
    assert chart.rows[-1] == ("23 Nov 2026", "5", "", "", "", "", "", "")
