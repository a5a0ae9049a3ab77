"""The tables of certificates: the closing check, what was earned, what was revoked."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Model


class ClosingCheck(Model):
    """One sitting in which a learner shows, without hints, what is remembered of a known skill."""

    __tablename__ = "closing_checks"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    day: Mapped[int]  # the study day it was begun on
    started_at: Mapped[datetime]
    cards: Mapped[list[int]] = mapped_column(JSON)  # in the order they are asked
    # For each card answered so far {"wrote": text, "right": bool or null while it waits to be
    # graded by the learner, "compared": whether the text was compared}.
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    finished_at: Mapped[datetime | None]
    passed: Mapped[bool | None]


class Achievement(Model):
    """What a certificate says was achieved, in one version: never changed once it is used."""

    __tablename__ = "achievements"
    __table_args__ = (UniqueConstraint("kind", "path_slug", "slug", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # skill, section or path
    path_slug: Mapped[str] = mapped_column(String(64))
    slug: Mapped[str] = mapped_column(String(64))  # of the skill, section or path
    version: Mapped[str] = mapped_column(String(32))  # the path's
    title: Mapped[str] = mapped_column(String(200))
    path_title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    criteria: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class Certificate(Model):
    """The record that a learner completed a skill, a section or a path, with its signed bytes."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("id"), UniqueConstraint("list_number", "list_index"))

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    did: Mapped[str] = mapped_column(String(255))  # who signed this edition
    # What was completed: exactly one of them.
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skills.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("sections.id"))
    path_id: Mapped[int | None] = mapped_column(ForeignKey("paths.id"))
    subject_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(String(100))  # the learner's, as wanted; may be empty
    email_hash: Mapped[str] = mapped_column(String(80), default="")  # empty if not wanted
    email_salt: Mapped[str] = mapped_column(String(32), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # the figures it rests on
    digest: Mapped[str] = mapped_column(String(64))  # of the log, as signed: sha256-…
    # The credentials of a section or path's skills, as [id, name, digest of the signed bytes].
    members: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    awarded_at: Mapped[datetime]
    issued_at: Mapped[datetime]  # of this edition: awarded or renewed
    valid_until: Mapped[datetime]  # the last second of the day it is expected to hold until
    list_number: Mapped[int]  # its place in the status lists
    list_index: Mapped[int]
    document: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # the signed credential
    token: Mapped[str] = mapped_column(Text, deferred=True)  # the same as VC-JWT
    # The same with the signed documents of its skills inside (CLR); for sections and paths.
    whole: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    log: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # what it was computed from
    published_at: Mapped[datetime | None]
    shows_recall: Mapped[bool] = mapped_column(Boolean, default=False)  # live, on its public page
    shows_log: Mapped[bool] = mapped_column(Boolean, default=False)
    withdrawn_at: Mapped[datetime | None]  # by the learner
    revoked_at: Mapped[datetime | None]  # by the owner
    reason: Mapped[str] = mapped_column(String(200), default="")  # why it was revoked

    achievement: Mapped[Achievement] = relationship(lazy="joined", innerjoin=True)


class StatusEntry(Model):
    """A place in a status list that a credential was given. It outlives the learner's account, so
    that a revoked credential stays revoked, and says nothing about anybody.
    """

    __tablename__ = "status_entries"

    list_number: Mapped[int] = mapped_column(primary_key=True)
    list_index: Mapped[int] = mapped_column(primary_key=True)
    revoked_at: Mapped[datetime | None]


class StatusList(Model):
    """A signed list of which credentials are revoked, as it is served."""

    __tablename__ = "status_lists"

    number: Mapped[int] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(String(255))  # who signed it
    made_at: Mapped[datetime]
    document: Mapped[bytes] = mapped_column(LargeBinary)
    token: Mapped[str] = mapped_column(Text)
