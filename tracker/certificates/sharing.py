"""Who may see a certificate: its learner always, anybody else only once it is published."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import undefer

from tracker.db import db
from tracker.errors import NotFound
from tracker.models import Achievement, Certificate

MISSING = "There is no such certificate, or it is not published."


def get(user_id: int, number: uuid.UUID) -> Certificate:
    """The learner's own certificate of that id; NotFound for anything else."""
    found = db.session.get(Certificate, (user_id, number))
    if found is None:
        raise NotFound(MISSING)
    return found


def public(number: uuid.UUID, viewer: int | None) -> Certificate:
    """The certificate of that id, if it is published or the viewer's own; NotFound else.

    Its signed bytes are loaded with it.
    """
    found = db.session.scalar(
        select(Certificate)
        .where(Certificate.id == number)
        .options(undefer(Certificate.document), undefer(Certificate.token))
        .options(undefer(Certificate.whole), undefer(Certificate.log))
    )
    if found is None or (found.published_at is None and found.user_id != viewer):
        raise NotFound(MISSING)
    return found


def files(number: uuid.UUID, viewer: int | None) -> Certificate:
    """The same for its files: what its learner has taken back is not handed to others."""
    found = public(number, viewer)
    if found.withdrawn_at is not None and found.user_id != viewer:
        raise NotFound("The learner has taken this certificate back.")
    return found


def open_log(number: uuid.UUID, viewer: int | None) -> bytes:
    """The review log behind a certificate, for its learner, or where it was opened to all."""
    found = files(number, viewer)
    if not found.shows_log and found.user_id != viewer:
        raise NotFound("The review log of this certificate is not published.")
    return zlib.decompress(found.log)


def share(
    certificate: Certificate, *, published: bool, recall: bool, log: bool, now: datetime
) -> None:
    """Publish its page or not, with today's recall and the review log or without."""
    certificate.published_at = (certificate.published_at or now) if published else None
    certificate.shows_recall, certificate.shows_log = recall, log


def issued() -> Sequence[Certificate]:
    """The newest 500 certificates of the installation, for its owner."""
    newest = select(Certificate).order_by(Certificate.awarded_at.desc()).limit(500)
    return db.session.scalars(newest).all()


def has_any() -> bool:
    """Whether any certificate was ever issued here."""
    return db.session.scalar(select(Certificate.id).limit(1)) is not None


def achievement(number: int) -> Achievement:
    """What was achieved, by its number; NotFound if there is none."""
    found = db.session.get(Achievement, number)
    if found is None:
        raise NotFound("There is no such achievement.")
    return found
