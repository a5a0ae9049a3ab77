"""What a credential says, in our own words; `documents` turns it into Open Badges.

All times are aware and in UTC; everything that counts as a figure is text already, since numbers
of JSON are written differently by different languages and would break the signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing, with the least and the most it can be and what was required."""

    key: str  # unique in the claim: letters, digits and hyphens
    name: str
    value: str
    type: str  # a resultType of Open Badges: PredictedScore, Percent, RawScore, Status …
    least: str | None = None
    most: str | None = None
    required: str | None = None


@dataclass(frozen=True, slots=True)
class Achievement:
    """What was achieved; the same for everybody who achieves this version of it."""

    url: str  # absolute, its identifier; never used again for anything else
    name: str
    description: str
    criteria: str  # Markdown
    version: str
    type: str  # Competency for a skill, LearningProgram for a section or a path
    plant: str  # the slug that draws its plant
    alignment: tuple[dict[str, str], ...] = ()  # targetName, targetUrl, targetFramework …


@dataclass(frozen=True, slots=True)
class Member:
    """A signed credential that this one rests on: a skill of a path."""

    id: UUID
    name: str
    digest: str  # "sha256-…" of the signed document's bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """Everything one credential says.

    `id` stays the same when the credential is renewed; `subject_id` stands for the learner in this
    credential only. The evidence is the exported review log: its address need not be published.
    """

    id: UUID
    subject_id: UUID
    name: str  # of the learner, as wanted; "" for none
    email_hash: tuple[str, str] | None
    achievement: Achievement
    awarded_at: datetime
    valid_from: datetime
    valid_until: datetime
    figures: tuple[Figure, ...]
    evidence: str
    evidence_digest: str  # "sha256-…" of the log's bytes
    evidence_url: str
    status: tuple[str, int]  # address of the status list, and the index in it
    members: tuple[Member, ...] = ()
    refresh_url: str | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """One credential in the two forms that are signed: JSON with a proof inside, and a token."""

    document: bytes
    token: str
