"""The tables of paths, and of what one learner has to do with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cards.models import Deck
from tracker.db import Model


class Path(Model):
    """A learning path: ordered sections of skills, with contributors, licence and version."""

    __tablename__ = "paths"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(16))
    license: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32), default="")
    contributors: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    installed_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    sections: Mapped[list[Section]] = relationship(
        back_populates="path", order_by="Section.position"
    )


class Section(Model):
    """An ordered group of skills in a path."""

    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("path_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path_id: Mapped[int] = mapped_column(ForeignKey("paths.id"))
    slug: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    intro: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
    retired_at: Mapped[datetime | None]

    path: Mapped[Path] = relationship(back_populates="sections")


class Skill(Model):
    """One thing to know. It belongs to the path that wrote it; other paths may list it too."""

    __tablename__ = "skills"
    __table_args__ = (UniqueConstraint("path_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path_id: Mapped[int] = mapped_column(ForeignKey("paths.id"))
    deck_id: Mapped[int] = mapped_column(ForeignKey("decks.id"), unique=True)
    slug: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text, default="")  # Markdown, as written
    notes_html: Mapped[str] = mapped_column(Text, default="")
    policy: Mapped[str] = mapped_column(String(32))  # the rendering rules of notes_html
    importance: Mapped[str] = mapped_column(String(16))  # core, useful, optional
    level: Mapped[str] = mapped_column(String(16))  # basic, intermediate, advanced
    reviewed: Mapped[str] = mapped_column(String(10), default="")  # ISO date
    contributors: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    resources: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)  # type title url
    retired_at: Mapped[datetime | None]

    path: Mapped[Path] = relationship()
    deck: Mapped[Deck] = relationship()


class SectionSkill(Model):
    """A skill's place in a section, of its own path or of another."""

    __tablename__ = "section_skills"

    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True, index=True)
    position: Mapped[int]


class Prerequisite(Model):
    """To learn `skill_id`, know `requires_id` first."""

    __tablename__ = "prerequisites"

    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    requires_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True, index=True)


class Enrolment(Model):
    """A learner studying a path; leaving keeps the row, and every memory."""

    __tablename__ = "enrolments"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    path_id: Mapped[int] = mapped_column(ForeignKey("paths.id"), primary_key=True)
    enrolled_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    goal_day: Mapped[int | None]  # to be ready by this study day
    goal_minutes: Mapped[int | None]  # with at most so many minutes a day


class Skip(Model):
    """A skill that a learner leaves out."""

    __tablename__ = "skips"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    skipped_at: Mapped[datetime]


class KnownSkill(Model):
    """A skill that was known once: earned stays earned, and a date says since when it fades."""

    __tablename__ = "known_skills"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    known_at: Mapped[datetime]
    faded_at: Mapped[datetime | None]  # since when the rule does not hold; none while it does
