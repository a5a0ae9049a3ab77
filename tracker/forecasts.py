"""The forecast of a path: made by simulation, stored as it is shown, and scored later.

It takes the limits of the day as if they were for this path alone. Only forecasts made with the
learner's own settings are scored: what would have been is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select

from cards import days_off, forecast, history, pace, plans, settings, study
from cards.forecast import Score, When
from cards.models import Card, DayOff, Forecast, Review, SchedulerSettings
from cards.scheduler import DEFAULT_PARAMETERS, State
from cards.simulation import Cards, Learner, Plan
from tracker import paths
from tracker.db import db, writing
from tracker.models import Path, Section, User

HORIZON, SHOWN = 365, 60  # days looked ahead for dates, and days shown
OLD_ENOUGH = 7  # full days after which a forecast is scored
SCORED = 10  # newest forecasts scored


@dataclass(frozen=True, slots=True)
class Options:
    """What can be tried out; no `minutes` is no limit, `weekdays_off` has 0 for Monday."""

    new_per_day: int
    minutes: int | None
    retention: float
    weekdays_off: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A path as one learner studies it: its decks in order, and its sections as places of decks."""

    path: Path
    decks: tuple[int, ...]
    sections: list[tuple[Section, tuple[int, ...]]]

    @property
    def scope(self) -> str:
        """What its forecasts are stored under."""
        return f"path-{self.path.id}"

    @property
    def groups(self) -> list[tuple[int, ...]]:
        """The sections, then the whole path."""
        return [*(places for _, places in self.sections), tuple(range(len(self.decks)))]


def subject(user_id: int, path: Path) -> Subject:
    """The path without skipped skills; NotFound if the learner does not study it."""
    decks = paths.scope(user_id, f"path-{path.id}").decks
    number = {deck: place for place, deck in enumerate(decks)}
    found: dict[int, tuple[Section, list[int]]] = {}
    for place in paths.places(path.id, user_id):
        if not place.skipped:
            row = found.setdefault(place.section.id, (place.section, []))
            row[1].append(number[place.skill.deck_id])
    return Subject(path, decks, [(section, tuple(places)) for section, places in found.values()])


def own(who: SchedulerSettings) -> Options:
    """The options that are the learner's settings."""
    off = tuple(day for day in range(7) if who.weekdays_off >> day & 1)
    return Options(who.new_per_day, who.minutes_per_day, who.retention, off)


def read(row: Forecast) -> Options:
    """The options a forecast was made with."""
    kept = row.options
    off = tuple(kept["weekdays_off"])
    return Options(kept["new_per_day"], kept["minutes"], kept["retention"], off)


def newest(user_id: int, scope: str, since: int = 0) -> Forecast | None:
    """The forecast made last for a scope, on the study day `since` or later."""
    mine = _of(user_id, scope).where(Forecast.day >= since)
    return db.session.scalar(mine.order_by(Forecast.made_at.desc()).limit(1))


def make(user: User, about: Subject, options: Options, now: datetime) -> None:
    """Make a forecast and store it, instead of another of the same day and kind.

    Takes about a second before it begins to write.
    """
    who, today = user.settings, settings.today(user.settings, now)
    cards = forecast.load(user.id, about.decks, about.groups)
    error = forecast.model_error(who.parameters is not None, scores(user.id, about, today))
    plan, learner = plan_of(who, options, now), learner_of(who, today)
    made = forecast.make(cards, plan, learner, today, HORIZON, error)
    result = _kept(made, about, cards)
    mine = options == own(who)
    with writing():
        _forget(user.id, about.scope, today, mine)
        row = Forecast(user_id=user.id, made_at=now, scope=about.scope, day=today, result=result)
        row.options = asdict(options) | {"own": mine}
        db.session.merge(row)
        db.session.commit()


def replace(row: Forecast) -> None:
    """Store a row instead of all others of its scope."""
    same = Forecast.user_id == row.user_id, Forecast.scope == row.scope
    db.session.execute(delete(Forecast).where(*same))
    db.session.add(row)


def use(who: SchedulerSettings, options: Options, today: int) -> None:
    """Study with these options from now on; a cap in minutes is then the only cap on reviews."""
    days_off.set_weekdays(who, options.weekdays_off, today)
    who.new_per_day, who.minutes_per_day = options.new_per_day, options.minutes
    who.retention = options.retention
    if options.minutes is not None:
        who.reviews_per_day = settings.MOST_REVIEWS
    plans.forget(who.user_id)


def scores(user_id: int, about: Subject, today: int) -> list[Score]:
    """How the newest forecasts that are old enough did, in two statements at most."""
    mine = _of(user_id, about.scope).where(Forecast.day < today - OLD_ENOUGH)
    mine = mine.where(Forecast.options["own"].as_boolean())
    rows = db.session.scalars(mine.order_by(Forecast.day.desc()).limit(SCORED)).all()
    if not rows:
        return []
    happened = _reviews(user_id, about.decks, min(row.day for row in rows), today)
    return [_score(row, happened, today) for row in rows]


def plan_of(who: SchedulerSettings, options: Options, now: datetime) -> Plan:
    """How the learner is going to study with these options, and what was done today."""
    day = study.day_of(who, now)
    off = select(DayOff.day).where(DayOff.user_id == who.user_id, DayOff.day >= day.day)
    return Plan(
        retention=options.retention,
        new_per_day=options.new_per_day,
        reviews_per_day=who.reviews_per_day,
        minutes=options.minutes,
        weekdays_off=frozenset(options.weekdays_off),
        days_off=frozenset(db.session.scalars(off)),
        order="recall" if options.minutes is None else "gain",  # as the queue does
        done=(day.new, day.reviews, day.milliseconds / 1000),
    )


def learner_of(who: SchedulerSettings, today: int) -> Learner:
    """Memory and pace of the learner; reads the whole log."""
    habits = pace.of(history.read(who.user_id), today)
    parameters = tuple(who.parameters or DEFAULT_PARAMETERS)
    return Learner(parameters, habits, who.parameters is not None)


def _of(user_id: int, scope: str) -> Select[Forecast]:
    return select(Forecast).where(Forecast.user_id == user_id, Forecast.scope == scope)


def _forget(user_id: int, scope: str, today: int, mine: bool) -> None:
    same = Forecast.user_id == user_id, Forecast.scope == scope, Forecast.day == today
    kind = Forecast.options["own"].as_boolean().is_(mine)
    db.session.execute(delete(Forecast).where(*same, kind))


def _kept(made: forecast.Forecast, about: Subject, cards: Cards) -> dict[str, Any]:
    names = [(section.title, section.slug) for section, _ in about.sections]
    filled = set(cards.deck.tolist())
    whens = made.known[len(about.decks) :]
    known = zip([*names, (about.path.title, "")], about.groups, whens, strict=True)
    return {
        "today": made.today,
        "reviews": [day.rounded() for day in made.reviews[:SHOWN]],
        "minutes": [day.rounded() for day in made.minutes[:SHOWN]],
        "known": [_date(name, when) for name, decks, when in known if filled & set(decks)],
        "error": made.error,
    }


def _date(name: tuple[str, str], when: When) -> dict[str, Any]:
    return {"name": name[0], "slug": name[1]} | asdict(when)


def _reviews(user_id: int, decks: Sequence[int], first: int, today: int) -> dict[int, int]:
    """How many answers to cards in state Review these decks had on each day before today."""
    rows = db.session.execute(
        select(Review.day, func.count())
        .join(Card, Card.id == Review.card_id)
        .where(Review.user_id == user_id, Review.undone_at.is_(None))
        .where(Review.day > first, Review.day < today, Card.deck_id.in_(decks))
        .where(Review.before[0].as_integer() == int(State.Review))
        .group_by(Review.day)
    )
    return {row[0]: row[1] for row in rows}


def _score(row: Forecast, happened: dict[int, int], today: int) -> Score:
    # The day it was made on was partly over; it is not compared.
    actual = [happened.get(day, 0) for day in range(row.day + 1, today)]
    return forecast.score({"reviews": row.result["reviews"][1:]}, actual)
