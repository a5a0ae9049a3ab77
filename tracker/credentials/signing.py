"""Signing a claim, in both forms."""

from __future__ import annotations

from datetime import datetime

from tracker.credentials import documents, jsons, proofs, tokens
from tracker.credentials.claims import Claim, Signed
from tracker.credentials.keys import Issuer


def sign(claim: Claim, issuer: Issuer, now: datetime) -> Signed:
    """The claim signed by the issuer's present keys; the same input gives the same bytes.

    Refused: something in the claim cannot be signed, or would not be covered by the signature.
    """
    document = documents.badge(claim, issuer)
    signed = proofs.sign(document, issuer.keys.ed25519, issuer.method, now)
    return Signed(jsons.dump(signed), tokens.sign(signed, issuer))
