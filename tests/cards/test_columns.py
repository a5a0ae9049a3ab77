"""Numbers in bulk: as many arrays as columns, in the order of the statement."""

import pytest
from sqlalchemy import Float, Integer, literal, select, union_all

from cards import columns


@pytest.fixture
def floor(app):
    with app.app_context():
        yield


def rows(*values):
    """A statement of these pairs."""
    return union_all(
        *(select(literal(a, Integer).label("a"), literal(b, Integer).label("b")) for a, b in values)
    ).subquery()


def test_columns_come_as_arrays(floor):
    found = columns.read(select(rows((1, -2), (3, 4))))
    assert found.tolist() == [[1, 3], [-2, 4]]


def test_no_rows_are_empty_arrays(floor):
    pairs = rows((1, 2))
    first, second = columns.read(select(pairs).where(pairs.c.a > 1))
    assert first.tolist() == second.tolist() == []


def test_a_row_with_a_null_is_left_out(floor):
    assert columns.read(select(rows((1, None), (3, 4)))).tolist() == [[3], [4]]


@pytest.mark.parametrize("days", [0.001, 0.212, 3.0, 1 / 3, 36500.0])
def test_a_stability_is_exact_to_a_tenth_of_a_nanosecond(floor, days):
    (found,) = columns.read(select(columns.fine(literal(days, Float))))
    assert found / columns.FINE == pytest.approx(days, rel=0, abs=1e-12 + days * 1e-15)
