"""`python -m benchmarks.progress`: the progress pages beside a bare one, in process, on SQLite.

A bare page is the one for an address that does not exist: a learner, a layout, nothing else.
Of all rounds the median is printed, and the best one, on the clock and of the processor: on a
machine that does other things as well, the best says what the page costs.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import event, text

from benchmarks import data
from cards import days
from tracker import setup
from tracker.app import create_app
from tracker.db import db, writing

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SIZES = (1_000, 100_000)
PAGES = ("/progress/", "/progress/bench", "/progress/bench/s-8", "/progress/bench/s-8/skill-7")
ROUNDS = 15
# The collection of `benchmarks.data` was studied on one day; here its last answers lie as far
# apart as their intervals say.
SPREAD = (
    "UPDATE memories SET last_day = :day - (card_id * 7919) % (interval + 1),"
    " due_day = :day - (card_id * 7919) % (interval + 1) + interval",
    "UPDATE reviews SET day = (SELECT last_day - interval FROM memories WHERE"
    " memories.user_id = reviews.user_id AND memories.card_id = reviews.card_id)",
)


def main() -> None:
    """Measure and print."""
    print(
        f"{'memories':>9}  {'page':<28}  {'median ms':>9}  {'best':>6}  {'processor':>9}"
        f"  {'above bare':>10}  {'statements':>10}"
    )
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            _measure(size, folder)


def _measure(size: int, folder: str) -> None:
    app = create_app({"DATA": Path(folder), "CLOCK": lambda: NOW, "SECRET_KEY": "x" * 32})
    setup.upgrade(app)
    client = app.test_client()
    with app.app_context():
        data.fill(NOW, size)
        client.set_cookie("perennial", data.learner(NOW, size).cookie)
        with writing():
            for statement in SPREAD:
                db.session.execute(text(statement), {"day": days.of(NOW, "UTC", 4)})
            db.session.commit()
        engine = db.engine
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    bare = _time(client, "/nowhere")
    for page in PAGES:
        taken = _time(client, page)
        sent.clear()
        client.get(page)
        count = sum(not one.startswith("BEGIN") for one in sent)
        median, best, processor = taken
        print(
            f"{size:>9,}  {page:<28}  {median:9.1f}  {best:6.1f}  {processor:9.1f}"
            f"  {best - bare[1]:10.1f}  {count:>10}",
            flush=True,
        )


def _time(client: FlaskClient, page: str) -> tuple[float, float, float]:
    """Milliseconds: the median, the best, and the best of the processor's time."""
    spent, worked = [], []
    for _ in range(ROUNDS):
        start, busy = time.perf_counter(), time.process_time()
        client.get(page)
        worked.append(1000 * (time.process_time() - busy))
        spent.append(1000 * (time.perf_counter() - start))
    return sorted(spent)[ROUNDS // 2], min(spent), min(worked)


if __name__ == "__main__":
    main()
