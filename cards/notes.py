"""Find what authors wrote: the notes of a deck, the pictures of a path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload, load_only, raiseload

from cards.models import Card, Mark, Media, Memory
from tracker.db import db
from tracker.errors import NotFound


@dataclass(frozen=True, slots=True)
class Listed:
    """A card with what one learner has to do with it."""

    card: Card
    memory: Memory | None
    mark: Mark | None


def of_deck(deck_id: int, user_id: int | None, whole: bool = True) -> Sequence[Listed]:
    """The live cards of a deck in their order, with the learner's memories and marks.

    If not `whole` they come with their questions only, in half the time.
    """
    little = load_only(Card.question_html, raiseload=True), raiseload(Card.note)
    much = (joinedload(Card.note, innerjoin=True),)
    rows = db.session.execute(
        select(Card, Memory, Mark)
        .outerjoin(Memory, and_(Memory.user_id == user_id, Memory.card_id == Card.id))
        .outerjoin(Mark, and_(Mark.user_id == user_id, Mark.card_id == Card.id))
        .where(Card.deck_id == deck_id, Card.retired_at.is_(None))
        .options(*(much if whole else little))
        .order_by(Card.position)
    )
    return [Listed(card, memory, mark) for card, memory, mark in rows]


def count(deck_ids: Sequence[int]) -> dict[int, int]:
    """How many live cards each of these decks has; a deck without any is left out."""
    rows = db.session.execute(
        select(Card.deck_id, func.count())
        .where(Card.deck_id.in_(deck_ids), Card.retired_at.is_(None))
        .group_by(Card.deck_id)
    )
    return {deck_id: number for deck_id, number in rows}  # noqa: C416  a row is no pair to mypy


def media(namespace: str, name: str) -> Media:
    """A picture of a path; NotFound if there is none of that name."""
    found = db.session.get(Media, (namespace, name))
    if found is None:
        raise NotFound
    return found
