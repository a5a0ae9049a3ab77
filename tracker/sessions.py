"""Where a learner is logged in: rows that are listed, ended and rotated, never guessed.

The cookie holds the learner's number and 256 random bits; the row holds their SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import contains_eager

from tracker.db import db, is_writing
from tracker.errors import NotFound
from tracker.models import Session, User

# A session ends when it is not used for so long; "remember me" makes it longer.
IDLE = timedelta(days=1)
REMEMBERED = timedelta(days=90)
LONGEST = timedelta(days=365)
SEEN_EVERY = timedelta(hours=1)

# Built once, since every request runs one of them.
_LIVE = (
    select(Session)
    .join(Session.user)
    .join(User.settings)
    .where(
        Session.user_id == bindparam("user_id"),
        Session.token_hash == bindparam("token_hash"),
        Session.expires_at > bindparam("now"),
    )
    .options(contains_eager(Session.user).contains_eager(User.settings))
)
_LOCKING = _LIVE.with_for_update(of=User, key_share=True)


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
            agent="".join(filter(str.isprintable, agent))[:200],
            address=address[:64],
        )
    )
    return f"{user.id}.{token}"


def find(cookie: str | None, now: datetime) -> Session | None:
    """The live session of a cookie, with its learner and their settings, in one statement.

    A request that writes locks the learner: what one learner does at once is done one by one.
    """
    number, token = _parts(cookie)
    if not token:
        return None
    values = {"user_id": number, "token_hash": hashed(token), "now": now}
    return db.session.scalar(_LOCKING if is_writing() else _LIVE, values)


def touch(session: Session, now: datetime) -> None:
    """Keep a session that is used alive, written at most once an hour and for at most a year."""
    if now - session.seen_at < SEEN_EVERY:
        return
    until = min(now + (REMEMBERED if session.remember else IDLE), session.created_at + LONGEST)
    # A statement of its own: it may find no row, where the session has just been ended elsewhere.
    db.session.execute(
        update(Session)
        .where(Session.user_id == session.user_id, Session.token_hash == session.token_hash)
        .values(seen_at=now, expires_at=until)
    )


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
        if name(session) == called:
            db.session.delete(session)
            return
    raise NotFound


def forget(cookie: str | None) -> None:
    """End the session of a cookie, if there is one: another begins in its place."""
    number, token = _parts(cookie)
    if token:
        db.session.execute(
            delete(Session).where(Session.user_id == number, Session.token_hash == hashed(token))
        )


def end_all(user_id: int, *, but: Session | None = None) -> None:
    """Log the learner out everywhere, or everywhere else."""
    kept = but.token_hash if but else ""
    db.session.execute(
        delete(Session).where(Session.user_id == user_id, Session.token_hash != kept)
    )


def _parts(cookie: str | None) -> tuple[int, str]:
    """The learner's number and the secret; an empty secret for what is no cookie of ours."""
    number, _, token = (cookie or "").partition(".")
    if not (number.isascii() and number.isdigit()) or len(number) > 16:
        return 0, ""
    return int(number), token


def hashed(token: str) -> str:
    """What of a secret token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
