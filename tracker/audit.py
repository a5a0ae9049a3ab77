"""Check a whole installation: the database itself, then every learner's memories and counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, text

from cards import audit
from cards.models import Review, SchedulerSettings
from tracker.db import db


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at and what is wrong with it."""

    learners: int
    reviews: int
    faults: list[str]

    def __str__(self) -> str:
        looked = f"{self.learners} learners, {self.reviews} answers: "
        if not self.faults:
            return looked + "every memory is what the log says."
        return "\n".join([*self.faults, f"{looked}{len(self.faults)} faults."])


def run() -> Report:
    """Look at everything; reads only."""
    everybody = db.session.scalars(select(SchedulerSettings).order_by(SchedulerSettings.user_id))
    learners = everybody.all()
    faults = [*_database()]
    for who in learners:
        faults += audit.learner(who)
        db.session.expunge_all()
    reviews = db.session.scalar(select(func.count()).select_from(Review)) or 0
    return Report(len(learners), reviews, faults)


def _database() -> Iterator[str]:
    if db.engine.dialect.name != "sqlite":
        return
    for (line,) in db.session.execute(text("PRAGMA quick_check")):
        if line != "ok":
            yield f"database: {line}"
    for row in db.session.execute(text("PRAGMA foreign_key_check")):
        yield f"database: row {row[1]} of {row[0]} points to a missing row of {row[2]}"
