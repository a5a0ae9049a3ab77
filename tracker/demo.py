"""An account marked as simulated, with months of a learner's reviews, to see every page full.

The simulated learner studies through the same queue and the same `reviews.answer` as anybody, so
the log and the memories are what a person's would be. Whether a card is recalled is drawn from a
forgetting curve that is not quite the one the scheduler believes in, as with people.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete

from cards import days, plans, queue, reviews, scheduler, settings, study
from cards.models import Memory, SchedulerSettings
from cards.scheduler import Rating
from tracker import passwords, paths, states, users
from tracker.db import db
from tracker.models import User

NAME, EMAIL = "Robin (simulated)", "robin@example.org"
DAYS, ATTENDANCE, NEW_PER_DAY = 120, 0.88, 7
# How much faster than the default parameters the simulated learner forgets.
FORGETS = 1.15
MOST_ANSWERS = 400


def make(
    path_slug: str, now: datetime, zone: str = "UTC", length: int = DAYS, seed: int = 4
) -> tuple[User, str]:
    """Make the account anew and let it study `length` days until now; returns its passphrase too.

    Takes some seconds a month. Commits after each day, so that nobody waits for the whole.
    """
    user, phrase = _account(now - timedelta(days=length), zone)
    paths.enrol(user.id, paths.get(path_slug), user.created_at)
    db.session.commit()
    rng = random.Random(seed)  # noqa: S311  a simulation, nothing secret
    today = settings.today(user.settings, now)
    for day in range(today - length, today + 1):
        if rng.random() < ATTENDANCE:
            _study_day(user, day, now, rng)
            db.session.commit()
    return user, phrase


def _account(created: datetime, zone: str) -> tuple[User, str]:
    phrase = passwords.passphrase()
    db.session.execute(delete(User).where(User.email == EMAIL))
    user = User(name=NAME, email=EMAIL, password_hash=passwords.hashed(phrase))
    user.created_at = created
    user.settings = SchedulerSettings(zone=users.known_zone(zone), new_per_day=NEW_PER_DAY)
    db.session.add(user)
    db.session.flush()
    return user, phrase


def _study_day(user: User, day: int, now: datetime, rng: random.Random) -> None:
    who = user.settings
    evening = days.start(day, who.zone, who.rollover) + timedelta(hours=rng.uniform(2, 17))
    study.start(who, paths.scope(user.id, ""), min(evening, now))
    for card_id, at in _cards(who, evening, now, rng):
        _answer(who, card_id, at, rng)
    states.update(user, min(evening, now))


def _cards(
    who: SchedulerSettings, at: datetime, now: datetime, rng: random.Random
) -> Iterator[tuple[int, datetime]]:
    """The cards the queue offers, until it has no more, or the learner, or the time."""
    for _ in range(MOST_ANSWERS):
        day = study.day_of(who, at)
        plan = plans.stored(day, "")
        if plan is None or at >= now:
            return
        learning = queue.learning(who.user_id, day.day, plan.decks)
        card_id = queue.upcoming(plan, learning, at)
        if card_id is None:
            return
        yield card_id, at
        at += timedelta(seconds=rng.uniform(4, 22))


def _answer(who: SchedulerSettings, card_id: int, at: datetime, rng: random.Random) -> None:
    memory = db.session.get(Memory, (who.user_id, card_id))
    rating = _rating(who, memory, at, rng)
    review_id = reviews.coming_id(who.user_id, card_id, memory.answers if memory else 0)
    took = int(1000 * rng.lognormvariate(2.1 if rating > Rating.Again else 2.5, 0.5))
    reviews.answer(who, card_id, review_id, rating, took, at)
    db.session.flush()


def _rating(
    who: SchedulerSettings, memory: Memory | None, at: datetime, rng: random.Random
) -> Rating:
    state = reviews.state_of(memory)
    if state is None or state.stability is None or state.last_day is None:
        return rng.choices(list(Rating), (0.3, 0.15, 0.45, 0.1))[0]
    elapsed = FORGETS * (settings.today(who, at) - state.last_day)
    decay = scheduler.decay_of(settings.scheduling(who))
    if rng.random() > scheduler.recall_of(state.stability, elapsed, decay):
        return Rating.Again
    return rng.choices((Rating.Hard, Rating.Good, Rating.Easy), (0.12, 0.78, 0.10))[0]
