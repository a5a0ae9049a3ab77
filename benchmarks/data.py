"""A learner with a collection of any size, made by the database itself so that it takes seconds.

The collection is one that has been studied: intervals of days to two years, some two hundred
reviews due today and a backlog beside them, a hundred decks in ten sections, some new cards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from cards import days
from cards.models import SchedulerSettings
from tracker import sessions
from tracker.db import db, milliseconds, writing
from tracker.models import Enrolment, Path, Section, User

DECKS, SECTIONS = 100, 10
NEW = 200  # cards not seen yet, beside those with a memory
DUE, BACKLOG = 200, 100

# The numbers below are spread by multiplying with primes: every run makes the same collection.
NUMBERS = """
    WITH RECURSIVE numbers(i) AS (
        SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < :last)
"""
CONTENT = (
    """
    INSERT INTO decks (id, name, trail)
    SELECT i, 'Deck ' || i, '[["Bench", "/paths/bench"], ["Skill", "/paths/bench/skill"]]'
    FROM numbers WHERE i <= :decks
    """,
    """
    INSERT INTO skills (id, path_id, deck_id, slug, title, summary, notes, notes_html, policy,
                        importance, level, reviewed, contributors, resources)
    SELECT i, 1, i, 'skill-' || i, 'Skill ' || i, 'What it is about.', '', '', '1',
           'core', 'basic', '', '[]', '[]'
    FROM numbers WHERE i <= :decks
    """,
    """
    INSERT INTO section_skills (section_id, skill_id, position)
    SELECT 1 + i % :sections, i, i FROM numbers WHERE i <= :decks
    """,
    """
    INSERT INTO notes (id, deck_id, namespace, name, kind, fields, sources, tags, why_html,
                       policy, digest, revision, position)
    SELECT i, 1 + i % :decks, 'bench', 'note-' || i, 'basic',
           '{"question": "What is it?", "answer": "This."}', '["https://example.org/page#part"]',
           '["core"]', '<p>Because it was made so, and not otherwise.</p>', '1', '', 1, i
    FROM numbers
    """,
    """
    INSERT INTO cards (id, note_id, deck_id, variant, position, question_html, answer_html)
    SELECT i, i, 1 + i % :decks, 'q', i,
           '<p>What is the meaning of number ' || i || ' in the order of these cards?</p>',
           '<p>It has <strong>none</strong>: number ' || i || ' only counts them.</p>'
    FROM numbers
    """,
)
# Stability near the interval; one in :step cards is due today, one in 2 * :step waits since long.
STUDIED = """
    , spread AS (SELECT i, 1 + (i * 7919) % 31 * ((i * 104729) % 23 + 1) AS days,
        CASE WHEN i % :step = 0 THEN 0
             WHEN i % (2 * :step) = 1 THEN -1 - (i * 31) % 30
             ELSE 1 + (i * 7907) % 700 END AS ahead
        FROM numbers),
    studied AS (SELECT i, ahead, CASE WHEN days < ahead THEN ahead ELSE days END AS days
        FROM spread)
"""
MEMORIES = """
    INSERT INTO memories (user_id, card_id, state, step, stability, difficulty, due, due_day,
                          last_review, last_day, interval, first_day, reps, lapses, passes,
                          last_pass_day, answers)
    SELECT :user, i, 2, NULL, days + 0.5, 1 + (i * 13) % 90 / 10.0,
           :midnight + ahead * 86400000, :day + ahead,
           :midnight + (ahead - days) * 86400000 + 43200000, :day + ahead - days, days,
           :day + ahead - days - 60, 4 + i % 7, i % 3, 3, :day + ahead - days, 4 + i % 7
    FROM studied
"""
REVIEWS = """
    INSERT INTO reviews (user_id, id, card_id, rating, reviewed_at, stored_at, day, duration,
                         "before", "after", model, retention)
    SELECT user_id, {uuid}, card_id, 3, last_review, last_review, last_day, 7000,
           '[2, null, 10.5, 5.0, 1700000000000, 10]', '[2, null, 20.5, 5.0, 1790000000000, 20]',
           'fsrs-6', 0.9
    FROM memories WHERE user_id = :user
"""
UUID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who is logged in: `cookie` is the session cookie's value."""

    id: int
    cookie: str


def fill(now: datetime, cards: int) -> None:
    """A path of so many cards, and `NEW` more that nobody has seen; in an empty database."""
    with writing():
        path = Path(
            id=1, slug="bench", title="Bench", language="en", license="CC0-1.0", version="1",
            installed_at=now, changed_at=now,
        )  # fmt: skip
        db.session.add(path)
        for number in range(1, SECTIONS + 1):
            db.session.add(
                Section(id=number, path_id=1, slug=f"s-{number}", title="Part", position=number)
            )
        db.session.flush()
        values = {"first": 1, "last": cards + NEW, "decks": DECKS, "sections": SECTIONS}
        for statement in CONTENT:
            _run(statement, values)
        db.session.commit()
    _analyse()


def is_empty() -> bool:
    """Whether nothing has been filled in yet."""
    return db.session.get(Path, 1) is None


def learner(now: datetime, memories: int = 0) -> Learner:
    """A learner of the path who has seen the first so many cards, logged in."""
    with writing():
        number = _account(now)
        if memories:
            _studied(number, now, memories)
        cookie = sessions.start(
            db.session.get_one(User, number), now, remember=True, agent="bench", address=""
        )
        db.session.commit()
    if memories:
        _analyse()
    return Learner(number, cookie)


def again(user_id: int, now: datetime) -> None:
    """Make everything answered today due once more, and forget today's plan."""
    day = days.of(now, "UTC", 4)
    with writing():
        _run(
            "UPDATE memories SET state = 2, step = NULL, due_day = :day, last_day = :day - 20 "
            "WHERE user_id = :user AND last_day = :day",
            {"user": user_id, "day": day},
        )
        _run("DELETE FROM study_days WHERE user_id = :user", {"user": user_id})
        db.session.commit()


def _account(now: datetime) -> int:
    user = User(email="", name="Ada", password_hash="", created_at=now)
    user.settings = SchedulerSettings(zone="UTC")
    db.session.add(user)
    db.session.flush()
    user.email = f"ada{user.id}@example.org"
    db.session.add(Enrolment(user_id=user.id, path_id=1, enrolled_at=now))
    db.session.flush()
    return user.id


def _studied(user_id: int, now: datetime, memories: int) -> None:
    day = days.of(now, "UTC", 4)
    values = {
        "first": 1, "last": memories, "user": user_id, "day": day,
        "step": max(3, memories // DUE), "midnight": milliseconds(days.start(day, "UTC", 4)),
    }  # fmt: skip
    _run(MEMORIES, values, STUDIED)
    _run(REVIEWS.format(uuid=UUID[db.engine.dialect.name]), {"user": user_id}, None)


def _run(statement: str, values: dict[str, int], more: str | None = "") -> None:
    # The numbers come first in the SELECT of an INSERT, where both databases take them.
    if "FROM numbers" in statement or more:
        head, tail = statement.split("SELECT", 1)
        statement = f"{head}{NUMBERS}{more}SELECT{tail}"
    db.session.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})


def _analyse() -> None:
    """What PostgreSQL's daemon does by itself after a while; SQLite gets no help."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("VACUUM ANALYZE")
