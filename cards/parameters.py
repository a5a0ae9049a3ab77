"""Parameters fitted to a learner: computed from the log, kept, used, and taken back.

A change holds from each card's next answer on: no card that is scheduled gets another day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from cards import fitting, history
from cards.fitting import Fit
from cards.models import ParameterSet, SchedulerSettings
from cards.scheduler import DEFAULT_PARAMETERS
from tracker.db import db
from tracker.errors import Refused

SECONDS, PER_SECOND = 0.5, 30_000  # what a fit takes on a small machine, and reviews each second


def fitted(user_id: int) -> Fit:
    """Fit to the learner's log as it is now. Reads only, and takes seconds for a long log."""
    who = db.session.get_one(SchedulerSettings, user_id)
    return fitting.fit(history.read(user_id), who.parameters or DEFAULT_PARAMETERS)


def expected_seconds(reviews: int) -> float:
    """About how long fitting to so many reviews takes."""
    return SECONDS + reviews / PER_SECOND


def keep(user_id: int, fit: Fit, now: datetime) -> str:
    """Keep what a fit gave and use it if it was accepted; the outcome in plain words."""
    who = db.session.get_one(SchedulerSettings, user_id)
    made = ParameterSet(user_id=user_id, made_at=now, parameters=list(fit.parameters))
    made.reviews, made.accepted = fit.reviews, fit.accepted
    made.loss_before, made.loss_after = fit.before, fit.after
    db.session.add(made)
    if fit.accepted:
        who.parameters = list(fit.parameters)
    return fit.sentence


def made(user_id: int) -> Sequence[ParameterSet]:
    """Every set that was fitted to the learner, newest first."""
    mine = select(ParameterSet).where(ParameterSet.user_id == user_id)
    return db.session.scalars(mine.order_by(ParameterSet.made_at.desc())).all()


def used(sets: Sequence[ParameterSet]) -> ParameterSet | None:
    """The one of these, newest first, that is in use; None where the defaults are."""
    return next((one for one in sets if one.accepted and one.undone_at is None), None)


def undo(who: SchedulerSettings, now: datetime) -> None:
    """Go back to the parameters before the present ones; Refused where these are the defaults."""
    present = used(made(who.user_id))
    if present is None:
        raise Refused("The default parameters are in use: there is nothing to take back.")
    present.undone_at = now
    before = used(made(who.user_id))
    who.parameters = list(before.parameters) if before else None
