"""The minutes of a day: how many cards fit into them, and which of the due ones come first.

Where not all fit, those come first whose review saves most recall for the time it takes: after a
break the nearly forgotten ones can wait, since little of them is left to save.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import func, select

from cards import mastery, settings, vectors
from cards.models import SchedulerSettings, StudyDay
from cards.scheduler import Rating
from tracker.db import db

RECENT = 60  # study days over which the learner's own pace is taken
# A card with its repeats of the day, where little is known of the learner, and what that is worth.
SECONDS, WORTH = 20.0, 20
FORGOTTEN = 2.5  # answers that a forgotten card takes on the day


def seconds_per_card(user_id: int, today: int) -> float:
    """How long a review or a new card takes this learner, with its repeats; one statement."""
    spent, reviews, new = db.session.execute(
        select(func.sum(StudyDay.milliseconds), func.sum(StudyDay.reviews), func.sum(StudyDay.new))
        .where(StudyDay.user_id == user_id)
        .where(StudyDay.day >= today - RECENT, StudyDay.day < today)
    ).one()
    return pace(spent, (reviews or 0) + (new or 0))


def pace(milliseconds: float | None, cards: int) -> float:
    """Seconds for a card, from so many and the time they took; nearer to usual if they are few."""
    return (float(milliseconds or 0) / 1000 + WORTH * SECONDS) / (int(cards) + WORTH)


def room(who: SchedulerSettings, day: StudyDay) -> int | None:
    """How many cards still fit into today's minutes; None where there is no such limit.

    “A few more today” comes on top of what fits.
    """
    if who.minutes_per_day is None:
        return None
    left = who.minutes_per_day * 60 - day.milliseconds / 1000
    fitting = int(max(0.0, left) / seconds_per_card(who.user_id, day.day))
    return fitting + day.extra_reviews + day.extra_new


def best_first(who: SchedulerSettings, today: int, due: Sequence[Any]) -> list[int]:
    """The ids of due cards, most recall saved for the time first.

    Rows are (card id, stability, difficulty, study day of the last answer). Saved is what a review
    today adds to recall 30 days from now.
    """
    if not due:
        return []
    w = settings.scheduling(who).parameters
    ids, *columns = (np.asarray(column) for column in zip(*due, strict=True))
    stability, difficulty = (column.astype(np.float64) for column in columns[:2])
    gap = np.maximum(today - columns[2].astype(np.int64), 0)
    now, horizon = vectors.recall(w, stability, gap), np.asarray(mastery.HORIZON)
    later = [
        vectors.recall(w, vectors.after(w, stability, difficulty, gap, rating)[0], horizon)
        for rating in (np.full(len(ids), int(one)) for one in (Rating.Again, Rating.Good))
    ]
    untouched = vectors.recall(w, stability, gap + mastery.HORIZON)
    saved = (1 - now) * later[0] + now * later[1] - untouched
    order = np.argsort(-saved / (now + (1 - now) * FORGOTTEN), kind="stable")
    return [int(card) for card in ids[order]]
