"""What a page costs in SQL does not grow: not with the collection, not with the path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from benchmarks import data
from benchmarks.client import FIELD, RATINGS
from cards.models import SchedulerSettings
from tracker.db import db, writing

HTMX = {"HX-Request": "true"}
SIZES = (1_000, 100_000)


@dataclass
class Cost:
    """The statements and commits of one request; BEGIN is no statement."""

    statements: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    commits: int = 0


@pytest.fixture
def cost(app):
    """`with cost() as spent:` counts what the block sends to the database."""
    with app.app_context():
        engine = db.engine

    @contextmanager
    def counting() -> Iterator[Cost]:
        spent = Cost()

        def execute(connection, cursor, statement, values, *rest) -> None:
            if not statement.startswith("BEGIN"):
                spent.statements.append(statement)
                spent.values.append(values)

        def commit(connection) -> None:
            spent.commits += 1

        event.listen(engine, "before_cursor_execute", execute)
        event.listen(engine, "commit", commit)
        yield spent
        event.remove(engine, "before_cursor_execute", execute)
        event.remove(engine, "commit", commit)

    return counting


@pytest.fixture(params=SIZES, ids=lambda size: f"{size} cards")
def learner(request, app, client, now):
    with app.app_context():
        data.fill(now, request.param)
        found = data.learner(now, request.param)
        db.session.remove()
    client.set_cookie("perennial", found.cookie)
    return found


def fields(response) -> dict[str, str]:
    form = RATINGS.search(response.text)
    return dict(FIELD.findall(form.group())) if form else {}


def send(client, shown: dict[str, str], rating: int, **headers: str):
    return client.post("/review/answer", data=shown | {"rating": str(rating)}, headers=headers)


ANSWER, PAGE = (10, 1), (12, 0)


def test_no_request_needs_more_statements_than_it_may(client, learner, cost):
    over = {}

    def ask(name: str, most: tuple[int, int], call):
        with cost() as spent:
            response = call()
        assert response.status_code in (200, 303, 307), (name, response.text)
        if len(spent.statements) > most[0] or spent.commits != most[1]:
            over[name] = (len(spent.statements), spent.commits)
        return fields(response)

    for when in ("an unplanned", "a planned"):
        ask(f"Today on {when} day", PAGE, lambda: client.get("/"))
        ask(f"a path on {when} day", PAGE, lambda: client.get("/paths/bench"))
        client.post("/review/start", data={"scope": "path-1"})
    first = ask("the first card of the day", (10, 0), lambda: client.get("/review/"))
    ask("an answer without a plan", ANSWER, lambda: send(client, first, 3, **HTMX))
    ask("planning after it", ANSWER, lambda: client.post("/review/start", data=first))
    shown = ask("the next card", (10, 0), lambda: client.get("/review/"))
    ask("the same answer again", ANSWER, lambda: send(client, first, 3, **HTMX))
    shown = ask("an answer by htmx", ANSWER, lambda: send(client, shown, 3, **HTMX))
    shown = ask("a forgotten card", ANSWER, lambda: send(client, shown, 1, **HTMX))
    ask("an answer by a plain form", ANSWER, lambda: send(client, shown, 2))
    ask("the card after it", (10, 0), lambda: client.get("/review/"))
    ask("a skill", PAGE, lambda: client.get("/paths/bench/skill-7"))
    ask("habits", PAGE, lambda: client.get("/stats/"))
    for address in ("", "bench", "bench/s-8", "bench/s-8/skill-7"):
        ask(f"progress {address}", PAGE, lambda at=address: client.get(f"/progress/{at}"))
    ask("a card", PAGE, lambda: client.get("/cards/7"))

    assert over == {}


@pytest.mark.parametrize("learner", SIZES, indirect=True)
@pytest.mark.parametrize("minutes", [None, 30])
def test_the_end_of_a_session_needs_no_more(client, learner, cost, app, minutes):
    with app.app_context(), writing():
        db.session.get_one(SchedulerSettings, learner.id).minutes_per_day = minutes
        db.session.commit()
    shown = fields(client.get("/review/?scope=skill-7"))
    while shown:
        steps = [partial(send, client, shown, 3, **HTMX)]
        steps += [partial(client.post, "/review/start", data=shown)]
        for step in steps:
            with cost() as spent:
                response = step()
            assert len(spent.statements) <= 10 and spent.commits == 1, spent
            if response.status_code == 200:
                break
        shown = fields(response if response.status_code == 200 else client.get(response.location))
    assert "That was all for now" in client.get("/review/?scope=skill-7").text


ALL_OF_A_LEARNER = re.compile(r"SCAN|(memories|reviews) USING PRIMARY KEY \(user_id=\?\)")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("learner", [1_000], indirect=True)
def test_a_review_reads_rows_by_key_and_never_all_of_a_learners(client, learner, cost, app):
    client.post("/review/start", data={"scope": ""})
    with cost() as spent:
        shown = fields(client.get("/review/"))
        send(client, shown, 1, **HTMX)
        client.post("/review/undo", data=shown, headers=HTMX)
        client.post("/review/mark", data=shown | {"action": "bury"}, headers=HTMX)

    plans = []
    with app.app_context(), db.engine.connect() as connection:
        for statement, values in zip(spent.statements, spent.values, strict=True):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans += [row[3] for row in rows]
    assert [plan for plan in plans if ALL_OF_A_LEARNER.search(plan)] == []
