"""Habits: recomputed from the log, right wherever and whenever the learner studies."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from cards import days_off, marks, reviews, settings, stats
from cards.models import Card, Deck, Memory
from cards.scheduler import Rating, State
from tests.factories import answer, make_deck, make_user
from tracker.db import db, writing


@pytest.fixture
def deck(app):
    with app.app_context(), writing():
        yield make_deck(40)


def local(day: date, hour: float, zone: str) -> datetime:
    """The instant at which clocks of the zone show that hour of the date."""
    at = datetime.combine(day, time(int(hour), int(60 * hour % 60)), ZoneInfo(zone))
    return at.astimezone(UTC)


def due(user, day: int) -> list[Memory]:
    found = select(Memory).where(Memory.user_id == user.id, Memory.state == State.Review)
    return list(db.session.scalars(found.where(Memory.due_day <= day).order_by(Memory.card_id)))


def work(user, now: datetime, new: int = 1, most: int = 99) -> None:
    """Do what is due, at most so much of it, and begin some new cards."""
    for memory in due(user, settings.today(user.settings, now))[:most]:
        answer(user, db.session.get_one(Card, memory.card_id), Rating.Good, now)
    seen = select(Memory.card_id).where(Memory.user_id == user.id)
    unseen = select(Card).where(Card.id.not_in(seen)).order_by(Card.id).limit(new)
    for card in db.session.scalars(unseen).all():
        answer(user, card, Rating.Easy if card.id % 2 else Rating.Again, now)
        if not card.id % 2:
            answer(user, card, Rating.Good, now + timedelta(minutes=11))


def decks() -> list[int]:
    return list(db.session.scalars(select(Deck.id)))


def habits(user, now: datetime) -> stats.Habits:
    db.session.flush()
    return stats.read(user.settings, decks(), now)


def streak(user, now: datetime) -> int:
    return habits(user, now).streak.days


@pytest.mark.parametrize(
    ("zone", "turned"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/New_York", date(2026, 11, 1)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("America/Santiago", date(2026, 9, 6)),
        ("Asia/Kathmandu", date(2026, 5, 1)),
        ("Pacific/Kiritimati", date(2026, 5, 1)),
    ],
)
def test_a_day_is_a_day_in_every_zone_and_when_clocks_are_turned(deck, zone, turned):
    for hour in (4, 12.5, 23.98, 26.5):  # the last is half past two at night
        user = make_user(zone=zone)
        for number in range(6):
            day = turned + timedelta(days=number - 3 + (hour > 24))
            now = local(day, hour % 24, zone)
            work(user, now)
        found = habits(user, now)
        assert (hour, found.streak.days, len(found.answers)) == (hour, 6, 6)


def test_a_study_day_of_no_length_breaks_nothing(deck):
    user = make_user(zone="Pacific/Apia")  # Samoa went without 30 December 2011
    for day in (27, 28, 29, 31):
        now = local(date(2011, 12, day), 12, "Pacific/Apia")
        work(user, now, new=3)
    assert streak(user, now) == 4


@pytest.mark.parametrize("rollovers", [(4, 0), (0, 4), (4, 12), (12, 0)])
def test_another_roll_over_hour_leaves_the_past_as_it_was(deck, rollovers):
    user = make_user(rollover=rollovers[0])
    for number in range(8):
        now = datetime(2026, 5, 1 + number, 14, tzinfo=UTC)
        user.settings.rollover = rollovers[number >= 4]
        work(user, now)
    assert streak(user, now) == 8


@pytest.mark.parametrize(
    ("home", "away", "hours", "days"),
    [
        ("Europe/Berlin", "America/Los_Angeles", 24, 6),
        ("America/Los_Angeles", "Europe/Berlin", 24, 6),
        ("Pacific/Auckland", "Pacific/Honolulu", 12, 5),  # a date is lived twice
        ("Pacific/Honolulu", "Pacific/Kiritimati", 20, 6),  # a date is left out
    ],
)
def test_a_traveller_keeps_the_streak(deck, home, away, hours, days):
    user = make_user(zone=home)
    now = local(date(2026, 6, 1), 20, home)
    for number in range(6):
        if number == 3:
            user.settings.zone = away
        work(user, now, new=3)
        last, now = now, now + timedelta(hours=hours if number == 2 else 24)
    assert streak(user, last) == days


def test_a_day_really_missed_breaks_the_streak_of_a_traveller(deck):
    user = make_user(zone="Pacific/Honolulu")
    now = local(date(2026, 6, 1), 20, "Pacific/Honolulu")
    for number in range(6):
        if number == 3:
            user.settings.zone = "Pacific/Kiritimati"
        work(user, now, new=3)
        last, now = now, now + timedelta(hours=44 if number == 2 else 24)
    assert streak(user, last) == 3


def test_a_clock_that_was_ahead_and_is_set_back_breaks_nothing(deck):
    user = make_user()
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    for number in (0, 1, 2, 5):  # on the fourth day the clock is two days ahead
        work(user, start + timedelta(days=number), new=2)
    found = habits(user, start + timedelta(days=3))
    assert (found.streak.days, found.streak.today) == (4, True)
    assert [span.answers > 0 for span in found.spans] == [False, False, True]
    for number in (6, 7):
        work(user, start + timedelta(days=number), new=2)
    assert habits(user, start + timedelta(days=7)).streak.today


def run(user, start: datetime, days: str, off: bool = False) -> datetime:
    """Study on the days marked x; returns the time of the last."""
    for number, letter in enumerate(days):
        now = start + timedelta(days=number)
        if letter == "x":
            work(user, now, new=2)
        elif off:
            today = settings.today(user.settings, now)
            days_off.add(user.settings, today, today, today)
    return now


MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("off", "length"), [(False, 2), (True, 10)])
def test_a_declared_holiday_breaks_nothing(deck, off, length):
    user = make_user()
    now = run(user, MONDAY, "xxxxxxxx-----xx", off=off)
    assert streak(user, now) == length


def test_weekends_off_break_nothing_and_add_nothing(deck):
    user = make_user(weekdays_off=0b1100000)
    now = run(user, MONDAY, "xxxxx--xxxxx--x")
    found = habits(user, now).streak
    assert (found.days, found.kept, found.owed) == (11, 11, 11)
    user.settings.weekdays_off = 0
    assert streak(user, now) == 1


def test_who_works_on_a_day_off_has_kept_it(deck):
    user = make_user(weekdays_off=0b1100000)
    assert streak(user, run(user, MONDAY, "xxxxx-xx")) == 7


def test_days_without_anything_due_are_kept(deck):
    user = make_user()
    card = db.session.scalars(select(Card)).first()
    answer(user, card, Rating.Easy, MONDAY)
    wait = db.session.get(Memory, (user.id, card.id)).interval
    assert wait > 2
    assert streak(user, MONDAY + timedelta(days=wait - 1)) == wait
    found = habits(user, MONDAY + timedelta(days=wait)).streak
    assert (found.days, found.today) == (wait, False)
    assert streak(user, MONDAY + timedelta(days=wait + 1)) == 0


def test_who_comes_back_after_a_month_begins_a_new_streak(deck):
    user = make_user()
    now = run(user, MONDAY, "xxxxxxxxxx" + "-" * 30 + "xx")
    assert streak(user, now) == 2


def test_a_limit_reached_keeps_the_day_though_a_backlog_waits(deck):
    user = make_user(reviews_per_day=3)
    now = run(user, MONDAY, "xxxxxxx" + "-" * 30)
    for _ in range(2):
        now += timedelta(days=1)
        work(user, now, new=0, most=3)
    found = habits(user, now)
    assert found.backlog > 0 and found.streak.days == 2
    user.settings.reviews_per_day = 4
    assert streak(user, now) == 0


@pytest.mark.parametrize("how", ["suspend", "bury", "retire", "leave"])
def test_what_was_set_aside_is_owed_by_nobody(deck, how):
    user = make_user()
    now = run(user, MONDAY, "xxxxxxx")
    now += timedelta(days=1)
    missed = due(user, settings.today(user.settings, now))
    assert missed
    for memory in missed:
        if how in marks.ACTIONS:
            marks.apply(how, user.settings, memory.card_id, now)
        else:
            card = db.session.get_one(Card, memory.card_id)
            card.retired_at = now if how == "retire" else None
    if how == "leave":
        db.session.flush()
        assert stats.read(user.settings, [], now).streak.days == 8
    else:
        assert streak(user, now) == 8


@pytest.mark.parametrize("seed", range(4))
def test_the_streak_of_the_log_is_what_was_true_on_each_day(deck, seed):
    rng = random.Random(seed)
    user = make_user(reviews_per_day=4)
    length = 0
    for number in range(30):
        now = MONDAY + timedelta(days=number, hours=rng.uniform(-7, 15))
        today = settings.today(user.settings, now)
        if rng.random() < 0.8 or number == 0:
            most = min(len(due(user, today)), rng.choice([2, 4, 4, 99]))
            work(user, now, new=rng.choice([0, 1, 2]) + (number == 0), most=most)
            if most > 2 and rng.random() < 0.3:
                reviews.undo(user.settings, reviews.last(user.id, today).id, now)
        found = habits(user, now)
        kept = not due(user, today) or found.retention[0].all.count >= 4
        assert (found.streak.today, found.streak.days) == (kept, length + kept)
        length = length + 1 if kept else 0


def test_figures_of_today_this_week_and_this_month(deck):
    user = make_user()
    first, second = db.session.scalars(select(Card).limit(2)).all()
    saturday, monday = datetime(2026, 5, 30, 12, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC)
    answer(user, first, Rating.Easy, saturday, duration=60_000)
    answer(user, second, Rating.Easy, monday, duration=30_000)
    answer(user, first, Rating.Again, monday + timedelta(days=20), duration=60_000)
    answer(user, second, Rating.Good, monday + timedelta(days=20), duration=30_000)
    db.session.flush()
    today, week, month = habits(user, monday).spans
    assert (today.answers, today.minutes, today.recall) == (1, 0.5, None)
    assert (week.answers, month.answers, month.days) == (1, 1, 1)
    today, week, month = habits(user, monday + timedelta(days=20)).spans
    assert (today.answers, today.minutes, today.recall) == (2, 1.5, 0.5)
    assert (month.answers, month.days, month.minutes) == (3, 2, 2.0)


def test_true_retention_parts_young_from_mature(deck):
    user = make_user()
    card = db.session.scalars(select(Card)).first()
    now, seen = MONDAY, []
    for rating in (Rating.Easy, Rating.Good, Rating.Good, Rating.Again):
        answer(user, card, rating, now)
        memory = db.session.get(Memory, (user.id, card.id))
        seen.append(memory.interval)
        last, now = now, memory.due + timedelta(hours=3)
    found = {row.name: row for row in habits(user, last).retention}
    assert seen[0] < 21 <= seen[1]
    whole = found["All time"]
    assert (whole.young.count, whole.young.passed) == (1, 1)
    assert (whole.mature.count, whole.mature.passed, whole.mature.rate) == (2, 1, 0.5)
    assert (found["Today"].all.count, found["Today"].all.rate) == (1, 0.0)
    assert found["Yesterday"].all.rate is None


def test_what_comes_is_counted_by_day_beside_the_backlog(deck):
    user = make_user()
    now = run(user, MONDAY, "xxxxx")
    waiting = {memory.due_day: 0 for memory in due(user, 10**6)}
    for memory in due(user, 10**6):
        waiting[memory.due_day] += 1
    later = now + timedelta(days=3)
    today = settings.today(user.settings, later)
    found = habits(user, later)
    assert found.backlog == sum(many for day, many in waiting.items() if day < today)
    assert found.load == tuple(waiting.get(today + ahead, 0) for ahead in range(30))


def test_a_new_learner_has_no_figures_and_no_streak(deck, now):
    found = habits(make_user(), now)
    assert (found.answers, found.streak.days, found.years) == ({}, 0, [])
    assert [row.all.rate for row in found.retention] == [None] * 6
    assert sum(found.load) + found.backlog == 0


def test_one_learner_never_sees_the_figures_of_another(deck, now):
    ada, eve = make_user(), make_user()
    work(ada, now, new=4)
    assert habits(eve, now).answers == {} and habits(ada, now).answers != {}


def test_answers_taken_back_do_not_count(deck, now):
    user = make_user()
    done = answer(user, db.session.scalars(select(Card)).first(), Rating.Easy, now)
    reviews.undo(user.settings, done.review.id, now)
    found = habits(user, now)
    assert (found.answers, found.streak.days) == ({}, 0)
