"""What a learner sets on a card by hand: bury until tomorrow, suspend, flag."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import or_, select

from cards import plans, settings
from cards.models import Card, Deck, Mark, SchedulerSettings
from tracker.db import db
from tracker.errors import NotFound, Refused

FLAGS = 7
# A card that lapsed this often is a leech: it wants to be rewritten or learnt anew, not repeated.
LEECH = 8


def of(user_id: int, card_id: int) -> Mark:
    """The learner's mark on a card, made if need be.

    NotFound for an unknown card or one of somebody else's deck.
    """
    mark = db.session.get(Mark, (user_id, card_id))
    if mark is None:
        if not _may_see(user_id, card_id):
            raise NotFound
        mark = Mark(user_id=user_id, card_id=card_id, flag=0)
        db.session.add(mark)
    return mark


def _may_see(user_id: int, card_id: int) -> bool:
    deck = (
        select(Deck.id)
        .join(Card, Card.deck_id == Deck.id)
        .where(Card.id == card_id, or_(Deck.owner_id.is_(None), Deck.owner_id == user_id))
    )
    return db.session.scalar(deck) is not None


def bury(who: SchedulerSettings, card_id: int, now: datetime) -> None:
    """Hide a card until the next study day."""
    day = plans.study_day(who.user_id, settings.today(who, now))
    of(who.user_id, card_id).buried_day = day.day
    plans.drop(day, card_id)
    plans.keep(day)


def unbury(who: SchedulerSettings, card_id: int, now: datetime) -> None:
    """Show a buried card again; it is planned when the next plan is made."""
    _plan_anew(who, now)
    of(who.user_id, card_id).buried_day = None


def suspend(who: SchedulerSettings, card_id: int, now: datetime) -> None:
    """Hide a card until it is taken back; its memory stays."""
    day = plans.study_day(who.user_id, settings.today(who, now))
    mark = of(who.user_id, card_id)
    mark.suspended_at = mark.suspended_at or now
    plans.drop(day, card_id)
    plans.keep(day)


def unsuspend(who: SchedulerSettings, card_id: int, now: datetime) -> None:
    """Take a suspended card back; it is planned when the next plan is made."""
    _plan_anew(who, now)
    of(who.user_id, card_id).suspended_at = None


def _plan_anew(who: SchedulerSettings, now: datetime) -> None:
    day = plans.study_day(who.user_id, settings.today(who, now))
    day.plans = {}
    plans.keep(day)


def flag(who: SchedulerSettings, card_id: int, now: datetime) -> None:
    """Put a flag on a card; a second time is the same as once."""
    of(who.user_id, card_id).flag = 1


def unflag(who: SchedulerSettings, card_id: int, now: datetime) -> None:
    """Take the flag off."""
    of(who.user_id, card_id).flag = 0


ACTIONS: dict[str, Callable[[SchedulerSettings, int, datetime], None]] = {
    "bury": bury,
    "unbury": unbury,
    "suspend": suspend,
    "unsuspend": unsuspend,
    "flag": flag,
    "unflag": unflag,
}


def apply(action: str, who: SchedulerSettings, card_id: int, now: datetime) -> None:
    """Do what the action says; Refused for an unknown one. Repeating it changes nothing."""
    if action not in ACTIONS:
        raise Refused(f"There is no action called {action!r}.")
    ACTIONS[action](who, card_id, now)
