"""Claims for tests of credentials."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tracker.credentials.claims import Achievement, Claim, Figure, Member, Signed

AWARDED = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
SIGNED = Signed(
    b'{"id":"urn:uuid:73a62097-42ff-4db5-ab67-76a8903f5e54","name":"A \\u003e B"}', "a.b.c"
)


def make_achievement(**changes: Any) -> Achievement:
    made = Achievement(
        url="https://learn.example.org/achievements/python-generators/v3",
        name="Python generators",
        description="Write functions that yield values one by one.",
        criteria="Every card reviewed at least 3 times.",
        version="3",
        type="Competency",
        plant="python-generators",
    )
    return dataclasses.replace(made, **changes)


def make_claim(*, skill: str = "Python generators", **changes: Any) -> Claim:
    made = Claim(
        id=UUID("73a62097-42ff-4db5-ab67-76a8903f5e54"),
        subject_id=UUID("78bea634-a1f9-4457-ae43-1d97dac29033"),
        name="Ada Lovelace",
        email_hash=None,
        achievement=make_achievement(name=skill),
        awarded_at=AWARDED,
        valid_from=AWARDED,
        valid_until=datetime(2027, 4, 1, tzinfo=UTC),
        figures=(
            Figure("recall", "Recall predicted", "0.934", "PredictedScore", "0", "1", "0.90"),
            Figure("reviews", "Reviews", "612", "RawScore"),
        ),
        evidence="612 reviews of 42 cards on 74 days.",
        evidence_digest="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        evidence_url="https://learn.example.org/evidence/73a62097.json",
        status=("https://learn.example.org/status/1", 94567),
    )
    return dataclasses.replace(made, **changes)


def make_members(count: int) -> tuple[Member, ...]:
    return tuple(Member(UUID(int=i), f"Skill number {i}", "sha256-x") for i in range(1, count + 1))
