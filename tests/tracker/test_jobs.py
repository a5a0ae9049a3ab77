"""Work in the background: one at a time, how far it is, how it ends, and a server that stopped."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from cards.models import Job
from tests.factories import make_user
from tracker import jobs
from tracker.db import db, writing
from tracker.errors import Refused
from tracker.models import User


@pytest.fixture
def learner(app):
    with app.app_context(), writing():
        user = make_user()
        db.session.commit()
        return user.id


@pytest.fixture
def started(app, learner, now):
    with app.app_context(), writing():
        job = jobs.start(learner, "fit", now)
        db.session.commit()
        return job


def do(app, clock, job, compute, keep=lambda outcome, now: str(outcome)):
    return jobs.run(job, jobs.Task(compute, keep, 1.0), jobs.Place(app.app_context, clock))


def kept(app, job):
    with app.app_context():
        return db.session.get(Job, (job.user_id, job.id))


def test_a_job_says_how_it_ended(app, clock, started, now):
    do(app, clock, started, lambda: "All is well.").join()
    job = kept(app, started)
    assert (job.said, job.done, job.finished_at) == ("All is well.", 1.0, now)
    assert jobs.ending(job, now) == "All is well."
    assert not jobs.is_running(job, now)


def test_what_a_job_made_is_stored_with_its_end(app, clock, started, learner):
    def keep(outcome, now):
        db.session.get_one(User, learner).name = outcome
        return "Done."

    do(app, clock, started, lambda: "Grace", keep).join()
    with app.app_context():
        assert db.session.get_one(User, learner).name == "Grace"


def test_a_job_that_fails_says_so_and_stores_nothing(app, clock, started, learner):
    def keep(outcome, now):
        db.session.get_one(User, learner).name = outcome
        raise ValueError

    do(app, clock, started, lambda: "Grace", keep).join()
    assert kept(app, started).said == jobs.FAILED
    with app.app_context():
        assert db.session.get_one(User, learner).name == "Ada"


def test_a_learner_has_one_job_at_a_time(app, started, learner, now):
    with app.app_context(), writing(), pytest.raises(Refused, match="already"):
        jobs.start(learner, "another", now)


def test_learners_do_not_wait_for_each_other(app, started, now):
    with app.app_context(), writing():
        jobs.start(make_user().id, "fit", now)


def test_a_finished_job_makes_way(app, clock, started, learner, now):
    do(app, clock, started, lambda: "Done.").join()
    with app.app_context(), writing():
        jobs.start(learner, "fit", now)
        db.session.commit()
    assert kept(app, started) is None


def test_a_job_whose_server_was_stopped_is_seen_and_makes_way(app, started, learner, now):
    later = now + jobs.SILENCE - timedelta(seconds=1)
    assert jobs.is_running(started, later)
    later += timedelta(seconds=1)
    assert jobs.ending(started, later) == jobs.STOPPED
    with app.app_context(), writing():
        assert jobs.is_running(jobs.start(learner, "fit", later), later)


def test_a_job_gives_signs_of_life_and_says_how_far_it_is(app, clock, started, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT", 0.02)
    go_on, at = threading.Event(), clock.move(seconds=9)
    thread = do(app, clock, started, lambda: go_on.wait(10))
    for _ in range(500):
        job = kept(app, started)
        if job.seen_at == at and 0 < job.done <= jobs.MOST:
            break
        threading.Event().wait(0.01)
    go_on.set()
    thread.join()
    assert job.seen_at == at and 0 < job.done <= jobs.MOST


def test_a_learner_who_is_gone_meanwhile_is_no_failure(app, clock, started, learner, caplog):
    def leave():
        with writing():
            db.session.delete(db.session.get_one(User, learner))
            db.session.commit()

    do(app, clock, started, leave).join()
    assert kept(app, started) is None
    assert not caplog.records
