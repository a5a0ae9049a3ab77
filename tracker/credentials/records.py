"""A whole path in one document: a Comprehensive Learner Record around signed credentials.

1EdTech, CLR 2.0. The credentials inside are the signed ones, unchanged, so each can be verified
by itself as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from tracker.credentials import contexts, documents, jsons, proofs
from tracker.credentials.claims import Claim
from tracker.credentials.keys import Issuer

CONTEXTS = [contexts.CREDENTIALS, contexts.CLR, contexts.BADGES, contexts.EXTENSIONS]
SCHEMA = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
# The record of a credential always has the same id, which is not that of the credential.
RECORDS = UUID("5f2d1c0e-7a41-4b86-9d53-0c6e8f4a9b17")


def clr(claim: Claim, issuer: Issuer, members: Sequence[bytes], now: datetime) -> bytes:
    """The signed record of a path: its own claim, and the signed documents it rests on.

    Put the path's own signed document first. Refused: a member is not a signed document.
    """
    inside = [jsons.parse(member) for member in members]
    for one in inside:
        proofs.proof(one)
    document = {
        "@context": CONTEXTS,
        "id": uuid5(RECORDS, str(claim.id)).urn,
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": claim.achievement.name,
        "issuer": documents.profile(issuer),
        **documents.dates(claim),
        "credentialSchema": [documents.schema(SCHEMA)],
    }
    subject = documents.tidy(_subject(claim, inside))
    # What is inside stays as it was signed.
    subject["verifiableCredential"] = inside
    document = documents.tidy(document) | {"credentialSubject": subject}
    signed = proofs.sign(document, issuer.keys.ed25519, issuer.method, now)
    return jsons.dump(signed)


def _subject(claim: Claim, inside: Sequence[dict[str, Any]]) -> dict[str, Any]:
    whole = claim.achievement.url
    parts = [one["credentialSubject"]["achievement"]["id"] for one in inside]
    return {
        "id": claim.subject_id.urn,
        "type": ["ClrSubject"],
        "identifier": documents.identifiers(claim),
        "achievement": [documents.achievement(claim.achievement)],
        "association": [_parent(whole, part) for part in parts if part != whole],
    }


def _parent(whole: str, part: str) -> dict[str, Any]:
    return {
        "type": ["Association"],
        "associationType": "isParentOf",
        "sourceId": whole,
        "targetId": part,
    }
