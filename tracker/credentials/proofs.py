"""Data Integrity proofs of the suite eddsa-rdfc-2022: an Ed25519 signature inside the document.

W3C, Data Integrity EdDSA Cryptosuites v1.0, section 3.2.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tracker.credentials import multibase
from tracker.credentials.canonical import canonical
from tracker.errors import Refused

KIND = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "proofPurpose": "assertionMethod",
}
MEMBERS = {*KIND, "created", "verificationMethod", "proofValue"}


def moment(when: datetime) -> str:
    """A time as credentials write it: whole seconds, in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sign(
    document: dict[str, Any], key: Ed25519PrivateKey, method: str, now: datetime
) -> dict[str, Any]:
    """The document with a proof by `key`, which verifiers find under the address `method`."""
    options = KIND | {"created": moment(now), "verificationMethod": method}
    value = multibase.encode(key.sign(digest(document, options)))
    return document | {"proof": [options | {"proofValue": value}]}


def digest(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    """The 64 bytes that are signed: the hash of the proof's options, and that of the document."""
    return b"".join(
        hashlib.sha256(canonical(part).encode()).digest()
        for part in (options | {"@context": document.get("@context")}, document)
    )


def proof(document: dict[str, Any]) -> dict[str, str]:
    """The one proof of a document. Refused: none, several, or of another suite."""
    found = document.get("proof")
    one = found[0] if isinstance(found, list) and len(found) == 1 else found
    if not isinstance(one, dict):
        raise Refused("This document is not signed, or not with one signature.")
    known = one.keys() == MEMBERS and all(isinstance(value, str) for value in one.values())
    if not known or any(one[name] != value for name, value in KIND.items()):
        raise Refused("The signature is of a kind that is not known here (not eddsa-rdfc-2022).")
    return one


def holds(document: dict[str, Any], key: Ed25519PublicKey) -> bool:
    """Whether the proof of a document was made by `key` over exactly what it says."""
    options = dict(proof(document))
    value = multibase.decode(options.pop("proofValue"))
    body = {name: part for name, part in document.items() if name != "proof"}
    try:
        key.verify(value, digest(body, options))
    except InvalidSignature:
        return False
    return True
