"""Forecasts of a path: what they are made from, stored as shown, scored once time has passed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from cards import settings
from cards.models import DayOff, Forecast, StudyDay
from tests.factories import answer, enrol, make_deck, make_path, make_user
from tracker import forecasts, paths
from tracker.db import db, writing
from tracker.errors import NotFound
from tracker.forecasts import Options


@pytest.fixture
def ada(app):
    with app.app_context():
        with writing():
            user = make_user(new_per_day=3)
            enrol(user, make_path([make_deck(6), make_deck(6), make_deck(0)], sections=3))
            db.session.commit()
        yield user


@pytest.fixture
def path(ada):
    return paths.get("path")


def made(user, path, now, **changes):
    about = forecasts.subject(user.id, path)
    values = {"new_per_day": 3, "minutes": None, "retention": 0.9} | changes
    forecasts.make(user, about, Options(**values), now)
    return forecasts.newest(user.id, about.scope)


def rows():
    return db.session.scalars(select(Forecast)).all()


def test_a_forecast_shows_sixty_days_and_when_each_section_will_be_known(ada, path, now):
    result = made(ada, path, now).result
    assert len(result["reviews"]) == len(result["minutes"]) == 60
    assert all(low <= middle <= high for low, middle, high in result["reviews"])
    names = [one["name"] for one in result["known"]]
    assert names == ["Section 0", "Section 1", "Path"]  # a section without cards is left out
    today = settings.today(ada.settings, now)
    for one in result["known"]:
        days = [one[name] for name in ("early", "likely", "late") if one[name] is not None]
        assert days == sorted(days) and all(today < day < today + 365 for day in days)


def test_skipped_skills_take_no_part(ada, path, now):
    skill = paths.places(path.id, ada.id)[0].skill
    with writing():
        paths.skip(ada.id, skill, now)
        db.session.commit()
    about = forecasts.subject(ada.id, path)
    assert skill.deck_id not in about.decks
    assert [section.title for section, _ in about.sections] == ["Section 1", "Section 2"]


def test_a_path_that_is_not_studied_has_no_forecast(ada, path):
    with writing():
        stranger = make_user()
        with pytest.raises(NotFound, match="Enrol"):
            forecasts.subject(stranger.id, path)


def test_a_day_keeps_one_own_forecast_and_one_that_was_tried_out(ada, path, now):
    for minute, new in enumerate((3, 9, 3, 12, 15)):
        made(ada, path, now + timedelta(minutes=minute), new_per_day=new)
    assert sorted(row.options["new_per_day"] for row in rows()) == [3, 15]
    assert [row.options["own"] for row in sorted(rows(), key=lambda row: row.made_at)] == [
        True,
        False,
    ]


def test_more_new_cards_mean_more_minutes_at_first(ada, path, now):
    few = made(ada, path, now, new_per_day=1).result["minutes"]
    many = made(ada, path, now, new_per_day=6).result["minutes"]
    assert sum(day[1] for day in many[:7]) > sum(day[1] for day in few[:7])


def test_on_days_off_nothing_is_forecast(ada, path, now):
    today = settings.today(ada.settings, now)
    with writing():
        db.session.add(DayOff(user_id=ada.id, day=today + 2))
        db.session.commit()
    result = made(ada, path, now, weekdays_off=(2,)).result  # the clock stands on a Monday
    assert [day[2] for day in result["minutes"]][2] == 0
    assert result["minutes"][9][2] == 0 and result["minutes"][0][1] > 0


def test_what_was_done_today_counts(ada, path, now):
    today = settings.today(ada.settings, now)
    with writing():
        day = StudyDay(user_id=ada.id, day=today, answers=7, new=3, reviews=4, milliseconds=60_000)
        db.session.add(day)
        db.session.commit()
    plan = forecasts.plan_of(ada.settings, forecasts.own(ada.settings), now)
    assert plan.done == (3, 4, 60.0)
    assert made(ada, path, now).result["minutes"][0][1] == 0


def test_a_forecast_is_scored_by_what_came_after_a_week(ada, path, now):
    row = made(ada, path, now)
    with writing():
        kept = dict(row.result)
        kept["reviews"] = [[0, 1, 2]] * 60
        db.session.get_one(Forecast, (ada.id, row.made_at)).result = kept
        cards = [card for deck in (1, 2) for card in _cards(deck)]
        for card in cards[:4]:
            answer(ada, card, 4, now - timedelta(days=40))
        for number, card in enumerate(cards[:4]):  # a review on each of four days
            answer(ada, card, 3, now + timedelta(days=1 + number))
        db.session.commit()
    today, about = row.day, forecasts.subject(ada.id, path)
    assert forecasts.scores(ada.id, about, today + 7) == []
    (score,) = forecasts.scores(ada.id, about, today + 9)
    assert score.days == 8
    assert score.error == pytest.approx(0.5)  # 8 were forecast, 4 came
    assert score.inside == 1.0


def test_what_was_only_tried_out_is_not_scored(ada, path, now):
    made(ada, path, now, new_per_day=20)
    today = settings.today(ada.settings, now)
    assert forecasts.scores(ada.id, forecasts.subject(ada.id, path), today + 30) == []


def test_using_options_sets_the_limits_and_plans_the_day_anew(ada, now):
    today = settings.today(ada.settings, now)
    with writing():
        db.session.add(StudyDay(user_id=ada.id, day=today, plans={"": {"decks": [], "cards": [],
                                                                       "size": 0}}))  # fmt: skip
        db.session.flush()
        forecasts.use(ada.settings, Options(11, 25, 0.86, (5, 6)), today)
        db.session.commit()
    assert forecasts.own(ada.settings) == Options(11, 25, 0.86, (5, 6))
    assert db.session.get_one(StudyDay, (ada.id, today)).plans == {}


def _cards(deck):
    from cards.models import Card

    return db.session.scalars(select(Card).where(Card.deck_id == deck).order_by(Card.id)).all()
