"""The tables of people and paths: columns and their meaning, no queries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_login import UserMixin
from sqlalchemy import JSON, Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cards.models import Deck, SchedulerSettings
from tracker.db import Model


class User(UserMixin, Model):
    """A learner. The first one is the owner of the installation."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # normalised, lower case
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    is_owner: Mapped[bool] = mapped_column(Boolean, default=False)
    theme: Mapped[str] = mapped_column(String(8), default="system")  # system, light, dark
    created_at: Mapped[datetime]

    settings: Mapped[SchedulerSettings] = relationship(
        lazy="joined", innerjoin=True, cascade="all, delete-orphan", passive_deletes=True
    )


class Session(Model):
    """A place where a learner is logged in; the cookie holds a secret, this row its hash."""

    __tablename__ = "sessions"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # to the hour
    expires_at: Mapped[datetime]
    remember: Mapped[bool] = mapped_column(Boolean)
    agent: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(64))

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class LoginFailure(Model):
    """A wrong password, counted per account, per address and in all; old rows are swept."""

    __tablename__ = "login_failures"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(String(64), index=True)  # hash of the e-mail address
    address: Mapped[str] = mapped_column(String(64), index=True)


class Setting(Model):
    """A fact about the installation: `setup` (hash of the set-up token), `registration`."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


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
