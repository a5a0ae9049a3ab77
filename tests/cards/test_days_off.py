"""Days off are declared beforehand, and the past stays as it was."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from cards import days_off
from cards.days_off import DaysOff
from cards.models import DayOff, StudyDay
from tests.factories import make_user
from tracker.db import db, writing
from tracker.errors import Refused

TODAY = date(2026, 11, 23).toordinal()  # a Monday


@pytest.fixture
def who(app):
    with app.app_context(), writing():
        yield make_user().settings


def stored(who):
    db.session.flush()
    found = select(DayOff.day).where(DayOff.user_id == who.user_id).order_by(DayOff.day)
    return [day - TODAY for day in db.session.scalars(found)]


def test_a_holiday_is_every_day_of_it_and_twice_is_as_once(who):
    for _ in range(2):
        days_off.add(who, TODAY, TODAY + 2, TODAY)
    days_off.add(who, TODAY + 2, TODAY + 3, TODAY)
    assert stored(who) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-1, 3, "first"), (3, 2, "last"), (0, 92, "last"), (401, 401, "last"), (395, 401, "last")],
)
def test_what_is_no_holiday_is_refused(who, first, last, field):
    with pytest.raises(Refused) as refused:
        days_off.add(who, TODAY + first, TODAY + last, TODAY)
    assert refused.value.field == field
    assert stored(who) == []


def test_only_days_that_are_not_over_can_be_taken_back(who):
    days_off.add(who, TODAY - 2, TODAY + 2, TODAY - 2)
    db.session.flush()
    days_off.remove(who, TODAY - 2, TODAY + 1, TODAY)
    assert stored(who) == [-2, -1, 2]


def test_a_weekday_that_is_off_no_longer_stays_off_in_the_past(who):
    db.session.add(StudyDay(user_id=who.user_id, day=TODAY - 20, plans={}))
    days_off.set_weekdays(who, {5, 6}, TODAY)
    assert (who.weekdays_off, stored(who)) == (0b1100000, [])
    days_off.set_weekdays(who, {5}, TODAY)
    assert (who.weekdays_off, stored(who)) == (0b0100000, [-15, -8, -1])


def test_one_day_of_the_week_must_be_left(who):
    with pytest.raises(Refused):
        days_off.set_weekdays(who, set(range(7)), TODAY)
    assert who.weekdays_off == 0


def test_a_day_is_off_by_itself_or_by_its_weekday():
    off = DaysOff(0b1000000, frozenset({TODAY + 1}))
    assert [day for day in range(TODAY - 1, TODAY + 7) if day in off] == [
        TODAY - 1, TODAY + 1, TODAY + 6,
    ]  # fmt: skip


def test_days_that_follow_each_other_are_one_holiday():
    days = {TODAY - 3, TODAY, TODAY + 1, TODAY + 5, TODAY + 6, TODAY + 7}
    assert DaysOff(0, frozenset(days)).holidays(TODAY) == [
        (TODAY, TODAY + 1), (TODAY + 5, TODAY + 7),
    ]  # fmt: skip
