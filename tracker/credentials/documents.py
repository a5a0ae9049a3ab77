"""A claim as an Open Badges 3.0 document, before it is signed.

1EdTech, Open Badges 3.0, on the Verifiable Credentials data model 2.0. Only members that the
contexts define, no numbers, nothing empty.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Any

from tracker.credentials import contexts, images, jsons
from tracker.credentials.claims import Achievement, Claim, Figure
from tracker.credentials.keys import Issuer
from tracker.credentials.proofs import moment
from tracker.errors import Refused

CONTEXTS = [contexts.CREDENTIALS, contexts.BADGES, contexts.EXTENSIONS]
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
LONGEST_NAME = 200
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[!-~]+")
NOT_IN_ADDRESSES = set('<>"{}|\\^`')


def badge(claim: Claim, issuer: Issuer) -> dict[str, Any]:
    """The document of one credential. Refused: a text or an address that cannot be signed."""
    achievement = claim.achievement
    document: dict[str, Any] = {
        "@context": CONTEXTS,
        "id": claim.id.urn,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement.name,
        "issuer": profile(issuer),
        **dates(claim),
        "credentialSubject": _subject(claim),
        "evidence": [_evidence(claim)],
        "relatedResource": _resources(claim),
        "credentialStatus": _status(*claim.status),
        "refreshService": _refresh(claim.refresh_url),
        "credentialSchema": [schema(SCHEMA)],
    }
    tidied: dict[str, Any] = tidy(document)
    return tidied


def profile(issuer: Issuer) -> dict[str, Any]:
    """Who signs."""
    return {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.url}


def dates(claim: Claim) -> dict[str, str]:
    """When it was awarded, and from when to when it is valid. Refused: times without a zone."""
    return {
        "awardedDate": _moment(claim.awarded_at),
        "validFrom": _moment(claim.valid_from),
        "validUntil": _moment(claim.valid_until),
    }


def _moment(when: datetime) -> str:
    if when.tzinfo is None:
        raise Refused("A date without a time zone cannot be signed.")
    return moment(when)


def schema(address: str) -> dict[str, str]:
    """Which JSON Schema a document follows."""
    return {"id": _address(address), "type": "1EdTechJsonSchemaValidator2019"}


def _subject(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.subject_id.urn,
        "type": ["AchievementSubject"],
        "identifier": identifiers(claim),
        "achievement": achievement(claim.achievement, claim.figures),
        "result": [_result(claim.achievement, figure) for figure in claim.figures],
    }


def identifiers(claim: Claim) -> list[dict[str, Any]]:
    """Who it is about: the name in plain words, the address only as a salted hash."""
    name = jsons.clean(claim.name)
    if len(name) > LONGEST_NAME:
        raise Refused(f"A name on a certificate has at most {LONGEST_NAME} characters.", "name")
    found: list[dict[str, Any]] = []
    if name.strip():
        found.append(_identity(identityType="name", hashed=False, identityHash=name))
    if claim.email_hash:
        digest, salt = claim.email_hash
        hashed = _identity(identityType="emailAddress", hashed=True, identityHash=digest)
        found.append(hashed | {"salt": salt})
    return found


def _identity(**members: object) -> dict[str, Any]:
    return {"type": "IdentityObject", **members}


def achievement(about: Achievement, figures: tuple[Figure, ...] = ()) -> dict[str, Any]:
    """What was achieved, with a description of every figure."""
    return {
        "id": _address(about.url),
        "type": ["Achievement"],
        "achievementType": about.type,
        "name": about.name,
        "description": about.description,
        "version": about.version,
        "criteria": {"narrative": about.criteria},
        "image": _picture(about),
        "alignment": [{"type": ["Alignment"], **one} for one in about.alignment],
        "resultDescription": [_described(about, figure) for figure in figures],
    }


def _picture(about: Achievement) -> dict[str, str]:
    """The plant in bloom, inside the document."""
    data = base64.b64encode(images.plant(about.plant).encode()).decode()
    name = f"data:image/svg+xml;base64,{data}"
    return {"id": name, "type": "Image", "caption": f"The plant of {about.name} in bloom"}


def _described(about: Achievement, figure: Figure) -> dict[str, Any]:
    return {
        "id": _address(f"{about.url}#{figure.key}"),
        "type": ["ResultDescription"],
        "name": figure.name,
        "resultType": figure.type,
        "valueMin": figure.least,
        "valueMax": figure.most,
        "requiredValue": figure.required,
    }


def _result(about: Achievement, figure: Figure) -> dict[str, Any]:
    result = {"type": ["Result"], "resultDescription": f"{about.url}#{figure.key}"}
    return result | {"status" if figure.type == "Status" else "value": figure.value}


def _evidence(claim: Claim) -> dict[str, Any]:
    # The address ends in a fragment, because the log itself is another thing: see `_resources`.
    return {
        "id": _address(f"{claim.evidence_url}#evidence"),
        "type": ["Evidence"],
        "name": "Review history",
        "narrative": claim.evidence,
        "genre": "SpacedRepetitionLog",
    }


def _resources(claim: Claim) -> list[dict[str, Any]]:
    """The review log and the credentials of the parts, each with the hash of its bytes."""
    log = {"id": _address(claim.evidence_url), "mediaType": "application/json"}
    return [
        log | {"digestSRI": claim.evidence_digest},
        *(
            {
                "id": member.id.urn,
                "name": member.name,
                "mediaType": "application/ld+json",
                "digestSRI": member.digest,
            }
            for member in claim.members
        ),
    ]


def _status(address: str, index: int) -> dict[str, str]:
    return {
        "id": _address(f"{address}#{index}"),
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def _refresh(address: str | None) -> dict[str, str] | None:
    return {"id": _address(address), "type": "1EdTechCredentialRefresh"} if address else None


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text) or NOT_IN_ADDRESSES & set(text):
        raise Refused(f"{text!r} is not an address that can be signed.")
    return text


def tidy(value: Any) -> Any:
    """The same without empty members and control characters. Refused: half a character."""
    if isinstance(value, str):
        return jsons.clean(value)
    if isinstance(value, list):
        return [tidy(one) for one in value]
    if isinstance(value, dict):
        kept = {name: tidy(one) for name, one in value.items() if one not in (None, "", [])}
        return {name: one for name, one in kept.items() if one != ""}
    return value
