"""Issue a certificate and renew it: signed once, the bytes are kept and handed out ever after."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from tracker import checks, credentials
from tracker.certificates import evidence, figures, revocations, subjects
from tracker.certificates.subjects import Subject
from tracker.credentials import Claim, Issuer, Member
from tracker.db import db
from tracker.errors import Refused
from tracker.models import Achievement, Certificate, ClosingCheck, User

LONGEST_NAME = 100
# The date a credential carries follows the learner's reviews by steps of so many days.
STEP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a learner wants to be named: by `name` (may be empty), by a hash of the address."""

    name: str
    email: bool = False


def claim(
    user: User, subject: Subject, wanted: Wanted, issuer: Issuer, now: datetime
) -> Certificate:
    """Issue the certificate of what the learner completed; the one held already if there is one.

    Refused when it is not completed, when recall is below the rule today, and for a name that
    is too long.
    """
    held = _held(user.id, subject)
    if held is not None:
        return held
    name = _name(wanted.name)
    taken = subjects.earned(user, subject)
    place = revocations.allot(issuer, now)
    certificate = Certificate(
        user_id=user.id,
        id=uuid.uuid4(),
        subject_id=uuid.uuid4(),
        achievement=_achievement(subject, now),
        name=name,
        awarded_at=taken[0].finished_at if subject.kind == "skill" else now,
        list_number=place[0],
        list_index=place[1],
        shows_recall=False,
        shows_log=False,
        **{subject.column: subject.id},
    )
    if wanted.email:
        certificate.email_salt = secrets.token_hex(16)
        certificate.email_hash = _hashed(user.email, certificate.email_salt)
    if not _edit(user, certificate, subject, taken, issuer, now, None):
        raise Refused("Predicted recall is below 80 % today: review its cards first.")
    db.session.add(certificate)
    return certificate


def renew(user: User, issuer: Issuer, now: datetime) -> list[Certificate]:
    """Issue anew what practice, or the lack of it, has moved by a week or more; which those are.

    Id and day of award stay. Sections and paths come after the skills they hold.
    """
    renewed = []
    for certificate in live(user.id):
        subject = subjects.of(certificate)
        taken = list(checks.passed(user.id, subject.skills).values())
        if _edit(user, certificate, subject, taken, issuer, now, STEP):
            renewed.append(certificate)
    return renewed


def live(user_id: int) -> Sequence[Certificate]:
    """A learner's certificates that are neither withdrawn nor revoked, skills first."""
    return db.session.scalars(
        select(Certificate)
        .where(Certificate.user_id == user_id)
        .where(Certificate.withdrawn_at.is_(None), Certificate.revoked_at.is_(None))
        .order_by(Certificate.skill_id.is_(None), Certificate.path_id.is_not(None))
        .order_by(Certificate.awarded_at)
    ).all()


def _edit(
    user: User,
    certificate: Certificate,
    subject: Subject,
    taken: Sequence[ClosingCheck],
    issuer: Issuer,
    now: datetime,
    step: timedelta | None,
) -> bool:
    """Write and sign this edition, unless its last day has moved by less than `step`.

    Whether it did; without a step it is the first. Recall below the rule today begins no
    certificate, and ends one today. An issuer with another name signs anew in any case.
    """
    log = evidence.log(user.settings, subject.skills, taken, str(certificate.id), now)
    facts = evidence.figures(log)
    until = last_second(facts["until"] or facts["today"])
    if step is None and facts["until"] is None:
        return False
    moved = step is None or abs(until - certificate.valid_until) >= step
    if not moved and certificate.did == issuer.did:
        return False
    certificate.facts, certificate.log = facts, zlib.compress(log)
    certificate.issued_at, certificate.valid_until, certificate.did = now, until, issuer.did
    _sign(certificate, subject, evidence.digest(log), issuer, now)
    return True


def _sign(
    certificate: Certificate, subject: Subject, digest: str, issuer: Issuer, now: datetime
) -> None:
    inside = _members(certificate.user_id, subject)
    certificate.members = [
        [str(one.id), one.achievement.title, evidence.digest(one.document)] for one in inside
    ]
    certificate.digest = digest
    said = claim_of(certificate, issuer)
    made = credentials.sign(said, issuer, now)
    certificate.document, certificate.token = made.document, made.token
    if inside:
        documents = [made.document, *(one.document for one in inside)]
        certificate.whole = credentials.clr(said, issuer, documents, now)


def claim_of(certificate: Certificate, issuer: Issuer) -> Claim:
    """What a certificate's credential says, as it was signed."""
    base, number = issuer.url.rstrip("/"), certificate.id
    email = (certificate.email_hash, certificate.email_salt) if certificate.email_hash else None
    return Claim(
        id=number,
        subject_id=certificate.subject_id,
        name=certificate.name,
        email_hash=email,
        achievement=claimed(certificate.achievement, base),
        awarded_at=certificate.awarded_at,
        valid_from=certificate.issued_at,
        valid_until=certificate.valid_until,
        figures=figures.claimed(certificate.facts),
        evidence=figures.narrative(certificate.facts),
        evidence_digest=certificate.digest,
        evidence_url=f"{base}/c/{number}/log",
        members=tuple(
            Member(uuid.UUID(one), name, digest) for one, name, digest in certificate.members
        ),
        status=(revocations.address(base, certificate.list_number), certificate.list_index),
    )


def claimed(achievement: Achievement, base: str) -> credentials.Achievement:
    """An achievement as a credential names it."""
    return credentials.Achievement(
        url=f"{base}{address(achievement)}",
        name=achievement.title,
        description=achievement.description,
        criteria=achievement.criteria,
        version=achievement.version,
        type="Competency" if achievement.kind == "skill" else "LearningProgram",
        plant=achievement.slug,
    )


def address(achievement: Achievement) -> str:
    """Where an achievement is described, for ever."""
    return f"/achievements/{achievement.id}"


def last_second(day: str) -> datetime:
    """The end of a day, as a certificate states it; `day` as 2026-11-25."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), UTC)


def _achievement(subject: Subject, now: datetime) -> Achievement:
    """What is achieved, in the version of the path as it is; made when it is used first."""
    names: dict[str, Any] = {
        "kind": subject.kind,
        "path_slug": subject.path.slug,
        "slug": subject.slug,
        "version": subject.path.version,
    }
    found = db.session.scalar(select(Achievement).filter_by(**names))
    if found is None:
        found = Achievement(
            **names,
            title=subject.title,
            path_title=subject.path.title,
            description=subject.summary or subject.title,
            criteria=subject.criteria,
            made_at=now,
        )
        db.session.add(found)
        db.session.flush()
    return found


def _held(user_id: int, subject: Subject) -> Certificate | None:
    return next((one for one in live(user_id) if getattr(one, subject.column) == subject.id), None)


def _members(user_id: int, subject: Subject) -> list[Certificate]:
    """The certificates of its skills, with their signed bytes; none for a skill."""
    if subject.kind == "skill":
        return []
    rows = db.session.scalars(
        select(Certificate)
        .where(Certificate.user_id == user_id)
        .where(Certificate.skill_id.in_([skill.id for skill in subject.skills]))
        .where(Certificate.withdrawn_at.is_(None), Certificate.revoked_at.is_(None))
        .options(undefer(Certificate.document))
    )
    mine = {row.skill_id: row for row in rows}
    return [mine[skill.id] for skill in subject.skills if skill.id in mine]


def _name(name: str) -> str:
    words = " ".join(unicodedata.normalize("NFC", name).split())
    kept = " ".join("".join(letter for letter in words if _is_seen(letter)).split())
    if len(kept) > LONGEST_NAME:
        raise Refused(f"At most {LONGEST_NAME} characters.", "name")
    return kept


def _is_seen(letter: str) -> bool:
    # Control characters, halves of surrogates, private and unassigned ones: nobody's name has
    # them, and verifiers do not agree on them. Of the invisible ones, joiners stay: Persian and
    # Hindi names need them; those that turn the direction of what follows do not.
    return letter in "\u200c\u200d" or not unicodedata.category(letter).startswith("C")


def _hashed(email: str, salt: str) -> str:
    return "sha256$" + hashlib.sha256((email + salt).encode()).hexdigest()
