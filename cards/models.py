"""The tables of the flashcard engine: columns and their meaning, no queries.

Content (decks, notes, cards) is stored once for everybody. Rows about a learner have a primary
key that begins with `user_id` and are made when something first happens to them.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Model


class Deck(Model):
    """The cards of one skill (no owner), or a learner's own deck."""

    __tablename__ = "decks"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    # Where the deck stands, outermost first, as [text, address] pairs to show above a card.
    trail: Mapped[list[list[str]]] = mapped_column(JSON, default=list)


class Note(Model):
    """What an author wrote once; each variant of it is a card."""

    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("namespace", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deck_id: Mapped[int] = mapped_column(ForeignKey("decks.id"), index=True)
    namespace: Mapped[str] = mapped_column(String(64))  # the path's id
    name: Mapped[str] = mapped_column(String(64))  # the card id in the text
    kind: Mapped[str] = mapped_column(String(16))  # basic or cloze
    # The author's text: question, answer, cloze, why, python, typed, accept, raises, reverse.
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    sources: Mapped[list[str]] = mapped_column(JSON, default=list)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    why_html: Mapped[str] = mapped_column(Text, default="")
    policy: Mapped[str] = mapped_column(String(32))  # the rendering rules the HTML was made by
    digest: Mapped[str] = mapped_column(String(64))  # of the normalised text, to notice an edit
    revision: Mapped[int] = mapped_column(default=1)  # the author's `Rev:`
    position: Mapped[int]  # order in its deck
    retired_at: Mapped[datetime | None]

    deck: Mapped[Deck] = relationship()
    cards: Mapped[list[Card]] = relationship(back_populates="note", order_by="Card.variant")


class Card(Model):
    """One prompt made from a note. Its key is (namespace, note name, variant), for ever."""

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("note_id", "variant"),
        Index(None, "deck_id", "retired_at", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    deck_id: Mapped[int] = mapped_column(ForeignKey("decks.id"))
    variant: Mapped[str] = mapped_column(String(8))  # q, r, or c1, c2 …
    position: Mapped[int]  # order in its deck
    question_html: Mapped[str] = mapped_column(Text)
    answer_html: Mapped[str] = mapped_column(Text)
    # When the meaning changed (`Rev:` raised); memories older than this are due from then on.
    changed_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    note: Mapped[Note] = relationship(back_populates="cards")


class NoteRevision(Model):
    """What a note's text was before an upgrade edited it."""

    __tablename__ = "note_revisions"

    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), primary_key=True)
    replaced_at: Mapped[datetime] = mapped_column(primary_key=True)
    revision: Mapped[int]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


class Media(Model):
    """A picture that belongs to a path's text."""

    __tablename__ = "media"

    namespace: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    type: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class SchedulerSettings(Model):
    """How one learner studies: zone, day, limits and the parameters of the memory model."""

    __tablename__ = "scheduler_settings"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    rollover: Mapped[int] = mapped_column(default=4)  # hour at which the study day begins
    retention: Mapped[float] = mapped_column(Float, default=0.9)
    new_per_day: Mapped[int] = mapped_column(default=8)
    reviews_per_day: Mapped[int] = mapped_column(default=200)
    # No more reviews and new cards than fit into so many minutes; none means no such limit.
    minutes_per_day: Mapped[int | None]
    weekdays_off: Mapped[int] = mapped_column(default=0, server_default="0")  # bit 0 is Monday
    # 21 numbers fitted to the learner; none means the defaults of FSRS-6.
    parameters: Mapped[list[float] | None] = mapped_column(JSON)


class Memory(Model):
    """One learner's state for one card: a cache of the review log, rebuilt from it at any time."""

    __tablename__ = "memories"
    __table_args__ = (
        Index(None, "user_id", "state", "due_day"),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True)
    # scheduler.State; New only where every answer was undone. What it has no value for is null.
    state: Mapped[int]
    step: Mapped[int | None]
    stability: Mapped[float | None] = mapped_column(Float)  # days until recall falls to 0.9
    difficulty: Mapped[float | None] = mapped_column(Float)  # 1 to 10
    due: Mapped[datetime]
    due_day: Mapped[int]  # the study day of `due`
    last_review: Mapped[datetime | None]
    last_day: Mapped[int | None]  # the study day of `last_review`
    interval: Mapped[int]  # days; 0 while in learning steps
    first_day: Mapped[int | None]  # the study day of the first answer
    reps: Mapped[int]  # answers that count
    lapses: Mapped[int]  # Again in state Review
    passes: Mapped[int]  # study days with a success after a gap of at least a day
    last_pass_day: Mapped[int | None]
    answers: Mapped[int]  # rows in the log, undone ones too: numbers the coming review


class Mark(Model):
    """What a learner set on a card by hand; it is no part of the log."""

    __tablename__ = "marks"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"), primary_key=True)
    suspended_at: Mapped[datetime | None]
    buried_day: Mapped[int | None]  # hidden on this study day
    flag: Mapped[int] = mapped_column(default=0)  # 0 is none


class Review(Model):
    """One answer. The log is the truth: rows are added, at most marked as undone, never changed."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index(None, "user_id", "card_id", "reviewed_at"),
        Index(None, "user_id", "day"),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    rating: Mapped[int]
    reviewed_at: Mapped[datetime]
    stored_at: Mapped[datetime]  # when the server took it in
    day: Mapped[int]  # the study day of `reviewed_at`
    duration: Mapped[int]  # milliseconds from question to rating, at most ten minutes
    # The memory before and after as [state, step, stability, difficulty, due in ms, interval];
    # `before` is null for a card not seen before.
    before: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[list[Any]] = mapped_column(JSON)
    model: Mapped[str] = mapped_column(String(32))  # algorithm and parameters, e.g. fsrs-6
    retention: Mapped[float] = mapped_column(Float)  # the desired retention at that time
    undone_at: Mapped[datetime | None]


class StudyDay(Model):
    """What a learner did on one study day, and the order planned for it.

    The counts are sums over the log, kept so that a day is read by key. `plans` maps a scope
    ("" is everything) to {"decks": […], "cards": […], "size": n}: the cards still to come, in
    order, a new one as minus its id, and how many there were at first.
    """

    __tablename__ = "study_days"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)  # cards seen for the first time
    reviews: Mapped[int] = mapped_column(default=0)  # answers to cards in state Review
    passed: Mapped[int] = mapped_column(default=0)  # of those, not rated Again
    milliseconds: Mapped[int] = mapped_column(default=0)
    extra_new: Mapped[int] = mapped_column(default=0)  # "a few more today"
    extra_reviews: Mapped[int] = mapped_column(default=0)
    plans: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class DayOff(Model):
    """A study day on which a learner does not mean to study."""

    __tablename__ = "days_off"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[int] = mapped_column(primary_key=True)


class ParameterSet(Model):
    """Parameters that were fitted to a learner, kept so that a fit can be taken back."""

    __tablename__ = "parameter_sets"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    made_at: Mapped[datetime] = mapped_column(primary_key=True)
    parameters: Mapped[list[float]] = mapped_column(JSON)
    reviews: Mapped[int]  # the scored reviews it rests on
    loss_before: Mapped[float] = mapped_column(Float)  # log loss on the newest fifth
    loss_after: Mapped[float] = mapped_column(Float)
    accepted: Mapped[bool]
    undone_at: Mapped[datetime | None]


class Forecast(Model):
    """A forecast as it was shown, kept to be compared with what came."""

    __tablename__ = "forecasts"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    made_at: Mapped[datetime] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(32))  # what was studied: path-3, or "" for all
    day: Mapped[int]  # its first study day
    options: Mapped[dict[str, Any]] = mapped_column(JSON)  # the sliders
    result: Mapped[dict[str, Any]] = mapped_column(JSON)


class Job(Model):
    """Work in the background, with how far it is."""

    __tablename__ = "jobs"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # the last sign of life; an old one means the server was stopped
    done: Mapped[float] = mapped_column(Float, default=0.0)  # 0 to 1
    finished_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(Text, default="")  # how it ended, for the learner
