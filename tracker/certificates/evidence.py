"""What a certificate rests on: the review log of its cards, and the figures computed from it.

The log is JSON Lines: a line about the whole, a line for each card with the memory that its
answers make, and a line for each answer. Its hash is signed, and every figure of a certificate is
computed from these bytes alone, so that whoever is given them can do it again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import statistics
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cards import mastery, reviews, settings
from cards.mastery import Recall, Standing
from cards.models import Card, Memory, Note, Review, SchedulerSettings
from cards.scheduler import State
from tracker import checks
from tracker.db import db, milliseconds
from tracker.models import ClosingCheck, Skill

FORMAT = "perennial-review-log-1"


def log(
    who: SchedulerSettings,
    skills: Sequence[Skill],
    taken: Sequence[ClosingCheck],
    certificate: str,
    now: datetime,
) -> bytes:
    """The log of the cards of these skills as it stands now, in three statements or four."""
    cards = _cards(skills)
    rows = _rows(who.user_id, list(cards))
    given = settings.parameters_then(who, rows)
    sets = list(dict.fromkeys([_current(who), *map(tuple, given.values())]))
    names = {skill.id: f"{skill.path.slug}/{skill.slug}" for skill in skills}
    head = {
        "format": FORMAT,
        "certificate": certificate,
        "skills": list(names.values()),
        "version": skills[0].path.version if skills else "",
        "made_at": now.isoformat(),
        "day": _iso(settings.today(who, now)),
        "parameters": sets,
        "fitted": who.parameters is not None,
        "checks": [_check(check, names[check.skill_id]) for check in taken],
    }
    memories = _memories(who.user_id, list(cards))
    parts = [_card(name, memories.get(card)) for card, name in cards.items()]
    answers = [_answer(row, cards[row.card_id], sets.index(tuple(given[row]))) for row in rows]
    return _lines([head, *parts, *answers])


def digest(text: bytes) -> str:
    """The hash of some bytes as Subresource Integrity writes it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text).digest()).decode()


def figures(text: bytes) -> dict[str, Any]:
    """The figures of a log, from its bytes alone.

    Shares are 0 to 1, `stability` is in days, `first_try` is None where no card came back yet;
    `until` is the study day the recall is expected to hold until, None if it does not today.
    """
    head, *lines = map(json.loads, text.splitlines())
    cards = [line for line in lines if "stability" in line]
    answers = [line for line in lines if "rating" in line]
    today, decay = _number(head["day"]), head["parameters"][0][20]
    seen = _seen(cards)
    standing = mastery.standing(len(cards), seen, today, decay, head["fitted"])
    until = mastery.known_until(len(cards), seen, today, decay)
    studied = sorted({line["day"] for line in answers})
    return _shares(standing) | {
        "cards": len(cards),
        "reviews": len(answers),
        "days": len(studied),
        "first_day": studied[0] if studied else None,
        "last_day": studied[-1] if studied else None,
        "lapses": sum(line["state"] == State.Review and line["rating"] == 1 for line in answers),
        "first_try": _first_try(answers),
        "stability": statistics.median(one.stability for one in seen) if seen else 0.0,
        "asked": sum(check["asked"] for check in head["checks"]),
        "right": sum(check["right"] for check in head["checks"]),
        "today": head["day"],
        "until": _iso(until) if until is not None else None,
    }


def _shares(standing: Standing) -> dict[str, Any]:
    return {
        "recall": standing.recall,
        "ahead": standing.predicted,
        "bound": standing.lower_bound,
    }


def _first_try(answers: Sequence[dict[str, Any]]) -> float | None:
    """The share of reviews that succeeded at once: a day's first answer to a card in review."""
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for line in answers:
        first.setdefault((line["card"], line["day"]), line)
    scored = [line["rating"] > 1 for line in first.values() if line["state"] == State.Review]
    return math.fsum(scored) / len(scored) if scored else None


def _seen(cards: Iterable[dict[str, Any]]) -> list[Recall]:
    return [
        Recall(one["stability"], _number(one["last_day"]), one["passes"])
        for one in cards
        if one["stability"] is not None
    ]


def _cards(skills: Sequence[Skill]) -> dict[int, str]:
    """The key of each live card of the skills: path, card and variant in the path's text."""
    rows = db.session.execute(
        select(Card.id, Note.namespace, Note.name, Card.variant)
        .join(Note, Note.id == Card.note_id)
        .where(Card.deck_id.in_([skill.deck_id for skill in skills]), Card.retired_at.is_(None))
        .order_by(Card.deck_id, Card.position, Card.id)
    )
    return {row.id: f"{row.namespace}/{row.name}#{row.variant}" for row in rows}


def _rows(user_id: int, cards: Sequence[int]) -> Sequence[Review]:
    return db.session.scalars(
        select(Review)
        .where(Review.user_id == user_id, Review.card_id.in_(cards), Review.undone_at.is_(None))
        .order_by(Review.reviewed_at, Review.id)
    ).all()


def _memories(user_id: int, cards: Sequence[int]) -> dict[int, Memory]:
    mine = select(Memory).where(Memory.user_id == user_id, Memory.card_id.in_(cards))
    return {memory.card_id: memory for memory in db.session.scalars(mine)}


def _check(check: ClosingCheck, skill: str) -> dict[str, Any]:
    asked, right = len(check.cards), checks.rights(check)
    return {"skill": skill, "day": _iso(check.day), "asked": asked, "right": right}


def _card(name: str, memory: Memory | None) -> dict[str, Any]:
    state = reviews.state_of(memory)
    if state is None or state.last_day is None:
        return {"card": name, "stability": None, "difficulty": None, "last_day": None, "passes": 0}
    return {
        "card": name,
        "stability": state.stability,
        "difficulty": state.difficulty,
        "last_day": _iso(state.last_day),
        "passes": state.passes,
    }


def _answer(row: Review, name: str, parameters: int) -> dict[str, Any]:
    return {
        "card": name,
        "at": milliseconds(row.reviewed_at),
        "day": _iso(row.day),
        "rating": row.rating,
        "milliseconds": row.duration,
        "state": row.before[0] if row.before else int(State.New),
        "parameters": parameters,
    }


def _current(who: SchedulerSettings) -> tuple[float, ...]:
    return tuple(settings.scheduling(who).parameters)


def _lines(parts: Iterable[dict[str, Any]]) -> bytes:
    made = [json.dumps(one, separators=(",", ":"), sort_keys=True) for one in parts]
    return "\n".join([*made, ""]).encode()


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()
