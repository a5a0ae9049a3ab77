"""A claim with everything in it, and issuers that sign it."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from tracker import credentials
from tracker.credentials import Achievement, Claim, Figure, Issuer, Member, Signed, keys, status

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BASE = "https://learn.example.org"
LIST = f"{BASE}/status/1"
DIGEST = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
NAMES = {
    "Chinese": "\u5b59\u609f\u7a7a",
    "Arabic": "\u0639\u0645\u0631 \u0627\u0644\u062e\u064a\u0627\u0645",
    "Hebrew": "\u05d3\u05d5\u05d3 \u05d1\u05df-\u05d2\u05d5\u05e8\u05d9\u05d5\u05df",
    "Hindi": "\u0932\u0915\u094d\u0937\u094d\u092e\u0940\u200d",
    "combining marks": "Z\u0351\u036b\u0343a\u0308\u0323lgo",
    "beyond the first plane": "\U00020bb7\u91ce \U0001f469\u200d\U0001f52c",
    "control characters": "A\x00d\x1ba\x7f Love\x08lace\x0b\x0c",
    "lines and tabs": 'Ada\tof\r\nLondon "\\n"',
    "markup": "<b>&amp;]]></b>",
    "no character at all": "x\ufffe\uffff",
}


def achievement(**changes: object) -> Achievement:
    alignment = {
        "targetName": "Python (computer programming)",
        "targetUrl": "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d",
        "targetFramework": "ESCO",
        "targetType": "ext:ESCOSkill",
    }
    usual: dict[str, object] = {
        "url": f"{BASE}/achievements/python-generators/v3",
        "name": "Python generators",
        "description": "Writes generators & iterators <of any kind>.",
        "criteria": "**Every card** reviewed at least 3 times.\n\n- predicted recall 0.90",
        "version": "3",
        "type": "Competency",
        "plant": "generators-iterators",
        "alignment": (alignment,),
    }
    return Achievement(**(usual | changes))


def claim(**changes: object) -> Claim:
    usual: dict[str, object] = {
        "id": UUID("73a62097-4ff2-4db5-ab67-76a8903f5e54"),
        "subject_id": UUID("78bea634-a1f9-4457-ae43-1d97dac29033"),
        "name": "Ada Lovelace",
        "email_hash": ("sha256$" + "5a" * 32, "0f" * 16),
        "achievement": achievement(),
        "awarded_at": NOW,
        "valid_from": NOW,
        "valid_until": NOW + timedelta(days=180),
        "figures": (
            Figure("recall-now", "Predicted recall at issue", "0.93", "PredictedScore", "0", "1"),
            Figure("check", "Closing check", "90", "Percent", "0", "100", "80"),
            Figure("lapses", "Times it was forgotten", "3", "RawScore"),
            Figure("sat", "The closing check", "Completed", "Status"),
        ),
        "evidence": "612 reviews on 87 days, 3 lapses",
        "evidence_digest": DIGEST,
        "evidence_url": f"{BASE}/evidence/73a62097.json",
        "status": (LIST, 94567),
        "members": (Member(UUID(int=7, version=4), "Decorators", DIGEST),),
        "refresh_url": f"{BASE}/c/73a62097.json",
    }
    return Claim(**(usual | changes))


@cache
def issuer(base: str = BASE, which: str = "first") -> Issuer:
    """The issuer of an address; `which` tells several of them apart."""
    with tempfile.TemporaryDirectory() as folder:
        return keys.load(Path(folder), base, "Ada's Learning Server", NOW)


def home() -> Issuer:
    """An installation without a public address: its key speaks for itself."""
    return issuer("http://localhost:8000")


@cache
def signed(by: Issuer | None = None) -> Signed:
    return credentials.sign(claim(), by or issuer(), NOW)


@cache
def revoking(*indexes: int, by: Issuer | None = None) -> Signed:
    return status.make(by or issuer(), LIST, indexes, NOW)


@cache
def skill(number: int, by: Issuer | None = None) -> bytes:
    """The signed document of one more skill."""
    about = achievement(
        url=f"{BASE}/achievements/skill-{number}/v1", name=f"Skill {number}", plant=f"s{number}"
    )
    made = claim(
        id=UUID(int=100 + number, version=4),
        subject_id=UUID(int=500 + number, version=4),
        achievement=about,
        members=(),
        status=(LIST, number),
        evidence_url=f"{BASE}/evidence/{number}.json",
    )
    return credentials.sign(made, by or issuer(), NOW).document


@cache
def record(count: int = 3, by: Issuer | None = None) -> bytes:
    """A whole path of a few skills."""
    about = achievement(url=f"{BASE}/achievements/path/v1", name="The path", type="LearningProgram")
    whole = claim(id=UUID(int=1, version=4), achievement=about)
    inside = [skill(number, by) for number in range(count)]
    return credentials.clr(whole, by or issuer(), inside, NOW)
