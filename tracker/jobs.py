"""Work in the background: in a thread, with a row that says how far it is and survives a reload.

A learner has one job at a time. A job whose server was stopped gives no more sign of life, is
seen as stopped after half a minute, and does not stand in the way of another.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from cards.models import Job, SchedulerSettings
from tracker.db import db, writing
from tracker.errors import Refused

log = logging.getLogger("perennial")
Outcome = TypeVar("Outcome")

BEAT = 1.0  # seconds between two signs of life
SILENCE = timedelta(seconds=30)
MOST = 0.95  # of a bar that follows the clock: only the end is the end
STOPPED = "The server was stopped meanwhile. Nothing was changed: start again."
FAILED = "It did not work; the server's log says why. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Task(Generic[Outcome]):
    """What to do: `compute` reads and may take long, `keep` stores and says how it ended.

    `seconds` is about how long it takes; the progress bar follows it.
    """

    compute: Callable[[], Outcome]
    keep: Callable[[Outcome, datetime], str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thread finds the application: its context and its clock."""

    context: Callable[[], AbstractContextManager[Any]]
    clock: Callable[[], datetime]


def newest(user_id: int, kind: str) -> Job | None:
    """The learner's last job of a kind."""
    mine = select(Job).where(Job.user_id == user_id, Job.kind == kind)
    return db.session.scalar(mine.order_by(Job.started_at.desc()).limit(1))


def is_running(job: Job | None, now: datetime) -> bool:
    """Whether the job is under way; one without a sign of life for half a minute is not."""
    return job is not None and job.finished_at is None and now - job.seen_at < SILENCE


def ending(job: Job | None, now: datetime) -> str:
    """How the job ended, in plain words; empty while it runs or where there is none."""
    if job is None or is_running(job, now):
        return ""
    return job.said if job.finished_at is not None else STOPPED


def start(user_id: int, kind: str, now: datetime) -> Job:
    """A new job, to be committed and then `run`; Refused while another of the learner's runs."""
    # Two requests at once wait for each other here.
    mine = select(SchedulerSettings.user_id).where(SchedulerSettings.user_id == user_id)
    db.session.execute(mine.with_for_update())
    open_ = select(Job).where(Job.user_id == user_id, Job.finished_at.is_(None))
    if any(is_running(job, now) for job in db.session.scalars(open_)):
        raise Refused("This is being done already. Wait until it is finished.")
    db.session.execute(delete(Job).where(Job.user_id == user_id, Job.kind == kind))
    job = Job(user_id=user_id, id=uuid.uuid4(), kind=kind, started_at=now, seen_at=now)
    db.session.add(job)
    return job


def run(job: Job, task: Task[Outcome], place: Place) -> threading.Thread:
    """Do a job that is committed, in a thread, which is returned; it never raises."""
    key = (job.user_id, job.id)
    name = f"job-{job.id}"
    # A server that is stopped does not wait for it.
    thread = threading.Thread(target=_do, args=(key, task, place), name=name, daemon=True)
    thread.start()
    return thread


def _do(key: tuple[int, uuid.UUID], task: Task[Any], place: Place) -> None:
    over = threading.Event()
    beat = threading.Thread(target=_beat, args=(key, task.seconds, place, over), daemon=True)
    beat.start()
    try:
        with place.context():
            outcome = task.compute()
            db.session.rollback()
            _finish(key, lambda now: task.keep(outcome, now), place.clock())
    except Exception:
        log.exception("a job failed")
        with place.context():
            _finish(key, lambda now: FAILED, place.clock())
    finally:
        over.set()
        beat.join()


def _finish(key: tuple[int, uuid.UUID], keep: Callable[[datetime], str], now: datetime) -> None:
    with writing():
        job = db.session.get(Job, key)
        if job is None:  # the learner has deleted the account
            return
        job.said = keep(now)
        job.finished_at, job.seen_at, job.done = now, now, 1.0
        db.session.commit()


def _beat(key: tuple[int, uuid.UUID], seconds: float, place: Place, over: threading.Event) -> None:
    begun = time.monotonic()
    while not over.wait(BEAT):
        done = min(MOST, (time.monotonic() - begun) / seconds)
        try:
            with place.context(), writing():
                job = db.session.get(Job, key)
                if job is not None and job.finished_at is None:
                    job.seen_at, job.done = place.clock(), done
                db.session.commit()
        except SQLAlchemyError:
            log.warning("a job could not say how far it is", exc_info=True)
