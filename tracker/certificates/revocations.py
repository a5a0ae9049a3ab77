"""Withdrawal and revocation, through Bitstring Status Lists that say nothing about anybody.

Every credential has a place of its own, drawn at random, in a list of 131,072. The list is signed
anew when a place is marked, kept, and served as it is. A mark is for ever.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from sqlalchemy import func, select

from tracker.credentials import Issuer, status
from tracker.db import db
from tracker.errors import NotFound, Refused
from tracker.models import Certificate, StatusEntry, StatusList

# A list is filled to a half: above that, a free place takes long to find by chance.
FULL = status.SIZE // 2


def allot(issuer: Issuer, now: datetime) -> tuple[int, int]:
    """A free place for a new credential: the number of the list, and the place in it."""
    count = db.session.scalar(select(func.count()).select_from(StatusEntry)) or 0
    number = 1 + count // FULL
    if db.session.get(StatusList, number) is None:
        db.session.add(_make(number, issuer, now))
    while True:
        index = secrets.randbelow(status.SIZE)
        if db.session.get(StatusEntry, (number, index)) is None:
            db.session.add(StatusEntry(list_number=number, list_index=index))
            db.session.flush()
            return number, index


def address(base: str, number: int) -> str:
    """Where a list is served."""
    return f"{base}/status/{number}"


def withdraw(certificate: Certificate, issuer: Issuer, now: datetime) -> None:
    """The learner takes the certificate back, for ever; twice is the same as once."""
    if certificate.withdrawn_at is None:
        certificate.withdrawn_at = now
        _mark(certificate, issuer, now)


def revoke(certificate: Certificate, reason: str, issuer: Issuer, now: datetime) -> None:
    """The owner declares it invalid, for ever, and says why; Refused without a reason."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > 200:
        raise Refused("Say why, in at most 200 characters: the learner reads it.", "reason")
    if certificate.revoked_at is None:
        certificate.revoked_at, certificate.reason = now, reason
        _mark(certificate, issuer, now)


def anybodys(certificate_id: uuid.UUID) -> Certificate:
    """A certificate of any learner, for the owner of the installation; NotFound for none."""
    found = db.session.scalar(select(Certificate).where(Certificate.id == certificate_id))
    if found is None:
        raise NotFound("There is no such certificate.")
    return found


def served(number: int) -> StatusList:
    """The signed list of that number, as it is served; NotFound if there is none."""
    kept = db.session.get(StatusList, number)
    if kept is None:
        raise NotFound("There is no such list.")
    return kept


def resign(issuer: Issuer, now: datetime) -> None:
    """Sign the lists of an issuer that has got another name, as by a public address, anew."""
    for kept in db.session.scalars(select(StatusList).where(StatusList.did != issuer.did)):
        _renew(kept, issuer, now)


def _mark(certificate: Certificate, issuer: Issuer, now: datetime) -> None:
    entry = db.session.get_one(StatusEntry, (certificate.list_number, certificate.list_index))
    entry.revoked_at = entry.revoked_at or now
    db.session.flush()
    _renew(served(entry.list_number), issuer, now)


def _renew(kept: StatusList, issuer: Issuer, now: datetime) -> None:
    made = _make(kept.number, issuer, now)
    for name in ("document", "token", "made_at", "did"):
        setattr(kept, name, getattr(made, name))


def _make(number: int, issuer: Issuer, now: datetime) -> StatusList:
    marked = db.session.scalars(
        select(StatusEntry.list_index).where(
            StatusEntry.list_number == number, StatusEntry.revoked_at.is_not(None)
        )
    ).all()
    made = status.make(issuer, address(issuer.url.rstrip("/"), number), marked, now)
    signed = {"document": made.document, "token": made.token, "did": issuer.did}
    return StatusList(number=number, made_at=now, **signed)
