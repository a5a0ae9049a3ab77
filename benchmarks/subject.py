"""One server over one collection, and what was measured of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import data, serve
from benchmarks.client import Browser
from benchmarks.process import Server
from tracker import setup
from tracker.app import create_app
from tracker.db import db

GOOD, AGAIN = 3, 1


@dataclass
class Times:
    """Measured durations, in milliseconds when printed."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The one in the middle."""
        return self._part(0.5)

    def add(self, call: Callable[[], int]) -> None:
        """Measure one call that must answer 200."""
        begin = time.perf_counter()
        status = call()
        self.seconds.append(time.perf_counter() - begin)
        if status != 200:
            raise RuntimeError(f"answered {status}")

    def _part(self, part: float) -> float:
        return sorted(self.seconds)[int(part * (len(self.seconds) - 1))] * 1000

    def __str__(self) -> str:
        return f"{self.median:.2f} / {self._part(0.99):.2f}"


class Subject:
    """A learner with `size` memories in front of a server of their own."""

    def __init__(self, size: int, address: str, folder: Path) -> None:
        self.size = size
        self.bare_times, self.answer_times = Times(), Times()
        self.today_times, self.path_times = Times(), Times()
        settings = {"DATA": folder / f"data-{size}", "DATABASE": address}
        self.app = create_app(settings)
        self._fill()
        self.process = Server(settings, serve.main).start()
        self.learner_browser = Browser(self.process.host, self.learner.cookie)
        self.bare_browser = Browser(self.process.host, "")
        self._plan()

    @property
    def ratio(self) -> float:
        """How many bare commits an answer with the next card costs."""
        return self.answer_times.median / self.bare_times.median

    def bare(self, times: int) -> None:
        """Measure the bare commit so often."""
        self._connect(self.bare_browser)
        for _ in range(times):
            self.bare_times.add(lambda: self.bare_browser.post("/bare/", {}))

    def answers(self, times: int) -> None:
        """Measure answers so often; one in eight is Again. Planning the day is not measured."""
        self._connect(self.learner_browser)
        for number in range(times):
            if not self.learner_browser.fields():
                self._plan()
            rating = GOOD if number % 8 else AGAIN
            self.answer_times.add(partial(self.learner_browser.answer, rating))

    def pages(self, times: int) -> None:
        """Measure Today and the page of the path."""
        for _ in range(times):
            self._connect(self.learner_browser)
            self.today_times.add(lambda: self.learner_browser.get("/"))
            self.path_times.add(lambda: self.learner_browser.get("/paths/bench"))

    def _connect(self, browser: Browser) -> None:
        # The server lets go of connections that rested; a new one is not part of the measurement.
        page = browser.page
        browser.close()
        browser.get("/health")
        browser.page = page

    def stop(self) -> None:
        """Stop the server."""
        self.learner_browser.close()
        self.bare_browser.close()
        self.process.stop()

    def _fill(self) -> None:
        now = datetime.now(UTC)
        setup.upgrade(self.app)
        with self.app.app_context():
            if data.is_empty():
                data.fill(now, self.size)
            self.learner = data.learner(now, self.size)
            db.engine.dispose()

    def _plan(self) -> None:
        with self.app.app_context():
            data.again(self.learner.id, datetime.now(UTC))
            db.engine.dispose()
        self.learner_browser.start()
