"""Things that tests need, made by plain functions with only the values that matter."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from cards import reviews
from cards.models import Card, Deck, Note, SchedulerSettings
from cards.scheduler import Rating
from tracker.db import db, writing
from tracker.models import Enrolment, Path, Section, SectionSkill, Skill, User

THEN = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
# A real hash that costs nothing: what a hash costs is stored in it.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_numbers = count(1)


def make_user(**values: Any) -> User:
    """A learner; `zone`, `new_per_day` and the like go to their settings."""
    number = next(_numbers)
    names = SchedulerSettings.__table__.columns.keys()
    own = {name: values.pop(name) for name in list(values) if name in names}
    values = {"name": "Ada", "email": f"ada{number}@example.org", "password_hash": CHEAP} | values
    user = User(created_at=THEN, **values)
    user.settings = SchedulerSettings(**{"zone": "UTC"} | own)
    db.session.add(user)
    db.session.flush()
    return user


def saved(app: Flask, **values: Any) -> User:
    """A learner who is stored, for tests from outside."""
    with app.app_context(), writing():
        user = make_user(**values)
        db.session.commit()
    return user


def make_deck(cards: int = 3, name: str = "Deck") -> Deck:
    """A deck with so many basic cards."""
    deck = Deck(name=name, trail=[["Path", "/paths/path"], [name, "/paths/path/skill"]])
    db.session.add(deck)
    db.session.flush()
    for _ in range(cards):
        make_card(deck)
    return deck


def make_card(deck: Deck, variants: tuple[str, ...] = ("q",), **fields: Any) -> Card:
    """A note of the deck with one card for each variant; returns the first."""
    number = next(_numbers)
    note = Note(
        deck=deck,
        namespace="path",
        name=f"note-{number}",
        kind="basic" if variants == ("q",) else "cloze",
        fields=fields,
        sources=["https://example.org/page#part"],
        tags=["core"],
        policy="1",
        digest="",
        position=number,
    )
    for place, variant in enumerate(variants):
        html = f"<p>Question {number}{variant}?</p>", f"<p>Answer {number}{variant}</p>"
        note.cards.append(
            Card(
                deck_id=deck.id,
                variant=variant,
                position=number * 10 + place,
                question_html=html[0],
                answer_html=html[1],
            )
        )
    db.session.add(note)
    db.session.flush()
    return note.cards[0]


def make_skill(path: Path, deck: Deck, **values: Any) -> Skill:
    """A skill of the path around a deck."""
    number = next(_numbers)
    values = {"slug": f"skill-{number}", "title": f"Skill {number}", "summary": "One."} | values
    skill = Skill(
        path_id=path.id,
        deck_id=deck.id,
        policy="1",
        importance="core",
        level="basic",
        **values,
    )
    db.session.add(skill)
    db.session.flush()
    return skill


def make_path(decks: list[Deck] | None = None, slug: str = "path", sections: int = 1) -> Path:
    """A path with a skill for each deck, spread over its sections."""
    path = Path(
        slug=slug, title=slug.title(), language="en", license="CC0", version="1",
        installed_at=THEN, changed_at=THEN,
    )  # fmt: skip
    db.session.add(path)
    db.session.flush()
    rows = [
        Section(path_id=path.id, slug=f"section-{i}", title=f"Section {i}", position=i)
        for i in range(sections)
    ]
    db.session.add_all(rows)
    db.session.flush()
    for place, deck in enumerate([make_deck()] if decks is None else decks):
        skill = make_skill(path, deck)
        section = rows[place % sections]
        db.session.add(SectionSkill(section_id=section.id, skill_id=skill.id, position=place))
    db.session.flush()
    return path


def enrol(user: User, path: Path) -> None:
    """The learner studies the path."""
    db.session.add(Enrolment(user_id=user.id, path_id=path.id, enrolled_at=THEN))
    db.session.flush()


def answer(
    user: User, card: Card, rating: int, now: datetime, at: datetime | None = None, **values: Any
) -> reviews.Answered:
    """The learner answers the card as the review page would."""
    from cards.models import Memory

    memory = db.session.get(Memory, (user.id, card.id))
    review_id = reviews.coming_id(user.id, card.id, memory.answers if memory else 0)
    values = {"duration": 5000, "review_id": review_id} | values
    done = reviews.answer(user.settings, card.id, rating=Rating(rating), now=now, at=at, **values)
    db.session.flush()
    return done


# Days before now on which a card is answered to be known well, and how.
WELL = ((200, 3), (197, 3), (188, 3), (155, 4), (60, 4))


def learn(user: User, deck: Deck, now: datetime, answers: Sequence[tuple[int, int]] = WELL) -> None:
    """The learner answers every card of the deck so many days ago, so well."""
    for ago, rating in answers:
        then = now - timedelta(days=ago)
        for number, card in enumerate(cards_of(deck)):
            answer(user, card, rating, then + timedelta(seconds=10 * number))


def cards_of(deck: Deck) -> list[Card]:
    """The cards of a deck in order."""
    mine = select(Card).where(Card.deck_id == deck.id).order_by(Card.position)
    return list(db.session.scalars(mine))


def new_id() -> uuid.UUID:
    """A review id that no page has made."""
    return uuid.uuid4()
