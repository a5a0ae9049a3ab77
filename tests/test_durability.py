"""An answer that was acknowledged is never lost and never counted twice, whatever happens then."""

from __future__ import annotations

import http.client
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text, update

from benchmarks import data
from benchmarks.client import Browser
from benchmarks.process import Server
from cards.models import Review, SchedulerSettings
from tracker import cli, setup
from tracker.app import create_app
from tracker.db import db, writing

LEARNERS, CARDS = 4, 2_000
KILLS, RESTARTS = 50, 10
PATIENCE = 20  # seconds


@dataclass
class Learner:
    """Somebody who answers as fast as the server lets them, and sends again what got no answer."""

    id: int
    browser: Browser
    stored: dict[str, int] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    resent: int = 0
    failures: list[str] = field(default_factory=list)

    def study(self, stop: threading.Event) -> None:
        """Answer until told to stop or until the server is gone."""
        while not stop.is_set() and not self.failures:
            try:
                self.one()
            except (OSError, http.client.HTTPException):
                self.browser.close()
                return

    def one(self) -> None:
        """One answer: noted before it is sent, ticked off when it is acknowledged."""
        self.resent += bool(self.unsure)
        sent = self.unsure or self.next()
        self.unsure = sent
        status = self.browser.post("/review/answer", sent)
        if status != 200:
            self.failures.append(f"{status}: {self.browser.page[:300]}")
            return
        self.stored[sent["review"].replace("-", "")] = int(sent["rating"])
        self.unsure = {}

    def next(self) -> dict[str, str]:
        """The form of the card on the page, rated."""
        if not self.browser.fields():
            self.browser.get("/review/")
        rating = random.choices((1, 2, 3, 4), (2, 1, 6, 1))[0]
        return self.browser.fields() | {"rating": str(rating)}


@pytest.fixture
def app(tmp_path):
    app = create_app({"DATA": tmp_path})
    setup.upgrade(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def server(app, tmp_path):
    server = Server({"DATA": tmp_path})
    yield server
    server.kill()


@pytest.fixture
def learners(app, server):
    now = datetime.now(UTC)
    with app.app_context():
        data.fill(now, CARDS)
        found = [data.learner(now) for _ in range(LEARNERS)]
        with writing():
            db.session.execute(update(SchedulerSettings).values(new_per_day=999))
            db.session.commit()
        db.engine.dispose()
    server.start()
    learners = [Learner(one.id, Browser(server.host, one.cookie)) for one in found]
    for learner in learners:
        learner.browser.start()
    yield learners
    for learner in learners:
        learner.browser.close()


def study(learners, answers: int, end) -> None:
    """All learners answer at once; after so many answers `end` happens while they go on."""
    stop, before = threading.Event(), stored(learners)
    threads = [threading.Thread(target=one.study, args=(stop,)) for one in learners]
    for thread in threads:
        thread.start()
    until = time.monotonic() + PATIENCE
    while stored(learners) < before + answers and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(random.uniform(0, 0.02))
    end()
    stop.set()
    for thread in threads:
        thread.join()
    assert [failure for one in learners for failure in one.failures] == []


def stored(learners) -> int:
    return sum(len(one.stored) for one in learners)


def log_of(learner) -> dict[str, int]:
    rows = db.session.execute(
        select(Review.id, Review.rating).where(Review.user_id == learner.id)
    ).all()
    return {row.id.hex: row.rating for row in rows}


def assert_the_log_is_what_was_acknowledged(app, learners) -> None:
    with app.app_context():
        for learner in learners:
            assert log_of(learner) == learner.stored
        db.session.remove()


def assert_all_is_well(app, tmp_path) -> None:
    with app.app_context():
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        db.session.remove()
    done = CliRunner().invoke(cli.main, ["check"], env={"PERENNIAL_DATA": str(tmp_path)})
    assert (done.exit_code, "every memory is what the log says" in done.output) == (0, True)


def test_fifty_kills_lose_and_double_nothing(app, server, learners, tmp_path):
    for _ in range(KILLS):
        study(learners, random.randint(2, 12), server.kill)
        server.start()
    study(learners, 8, lambda: None)
    server.stop()

    resent = sum(one.resent for one in learners)
    print(f"{KILLS} kills, {stored(learners)} answers acknowledged, {resent} sent again")
    assert resent > KILLS
    assert_the_log_is_what_was_acknowledged(app, learners)
    assert_all_is_well(app, tmp_path)


def test_ten_restarts_finish_what_has_begun(app, server, learners, tmp_path):
    for _ in range(RESTARTS):
        study(learners, 20, server.stop)
        assert server.process.exitcode == 0
        # Nothing is stored whose answer did not arrive, so nobody is left in doubt.
        assert_the_log_is_what_was_acknowledged(app, learners)
        server.start()
    server.stop()

    assert_all_is_well(app, tmp_path)
