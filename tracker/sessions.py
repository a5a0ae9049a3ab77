"""Where a learner is logged in: rows that are listed, ended and rotated, never guessed.

The cookie holds the learner's number and 256 random bits; the row holds their SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from tracker.db import db
from tracker.errors import NotFound
from tracker.models import Session, User

# A session ends when it is not used for so long; "remember me" makes it longer.
IDLE = timedelta(days=1)
REMEMBERED = timedelta(days=90)
LONGEST = timedelta(days=365)
SEEN_EVERY = timedelta(hours=1)


def start(user: User, now: datetime, *, remember: bool, agent: str, address: str) -> str:
    """Log the learner in here; returns the cookie's value, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    db.session.execute(delete(Session).where(Session.user_id == user.id, Session.expires_at <= now))
    db.session.add(
        Session(
            user_id=user.id,
            token_hash=hashed(token),
            created_at=now,
            seen_at=now,
            expires_at=now + (REMEMBERED if remember else IDLE),
            remember=remember,
            agent=agent[:200],
            address=address[:64],
        )
    )
    return f"{user.id}.{token}"


def find(cookie: str | None, now: datetime) -> Session | None:
    """The live session of a cookie, with its learner and their settings, in one statement."""
    number, _, token = (cookie or "").partition(".")
    if not (number.isascii() and number.isdigit() and token) or len(number) > 16:
        return None
    return db.session.scalar(
        select(Session).where(
            Session.user_id == int(number),
            Session.token_hash == hashed(token),
            Session.expires_at > now,
        )
    )


def touch(session: Session, now: datetime) -> None:
    """Keep a session that is used alive, written at most once an hour and for at most a year."""
    if now - session.seen_at < SEEN_EVERY:
        return
    session.seen_at = now
    until = now + (REMEMBERED if session.remember else IDLE)
    session.expires_at = min(until, session.created_at + LONGEST)


def of(user_id: int, now: datetime) -> Sequence[Session]:
    """The learner's live sessions, newest use first."""
    return db.session.scalars(
        select(Session)
        .where(Session.user_id == user_id, Session.expires_at > now)
        .order_by(Session.seen_at.desc(), Session.created_at.desc())
    ).all()


def name(session: Session) -> str:
    """What a session is called in an address; it cannot be turned into the cookie."""
    return session.token_hash[:16]


def end(user_id: int, called: str) -> None:
    """End one of the learner's sessions; NotFound if there is none of that name."""
    for session in db.session.scalars(select(Session).where(Session.user_id == user_id)):
        if secrets.compare_digest(name(session), called):
            db.session.delete(session)
            return
    raise NotFound


def end_all(user_id: int, *, but: Session | None = None) -> None:
    """Log the learner out everywhere, or everywhere else."""
    kept = but.token_hash if but else ""
    db.session.execute(
        delete(Session).where(Session.user_id == user_id, Session.token_hash != kept)
    )


def rename(session: Session) -> str:
    """A new secret for the same session, after what it may do has changed."""
    token = secrets.token_urlsafe(32)
    db.session.execute(
        update(Session)
        .where(Session.user_id == session.user_id, Session.token_hash == session.token_hash)
        .values(token_hash=hashed(token))
    )
    return f"{session.user_id}.{token}"


def hashed(token: str) -> str:
    """What of a secret token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
