"""VC-JWT: a signed document wrapped in a token (RS256), which a plain web page can verify.

The document goes in with its proof, so that a token says who issued it even where the RSA key is
vouched for by nobody (did:key). Open Badges 3.0, section 8.2; no other member is in the header.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from tracker.credentials import jsons, multibase
from tracker.credentials.keys import Issuer
from tracker.errors import Refused

CLAIMS = {"iss", "jti", "sub", "nbf", "exp"}
LEAST_BITS, MOST_BITS = 2048, 8192
DAMAGED = "This token is damaged or cut off."


def sign(document: dict[str, Any], issuer: Issuer) -> str:
    """The compact token of a document; its claims repeat issuer, id, subject and dates."""
    header = {"typ": "JWT", "kid": issuer.token_key, "jwk": issuer.keys.jwk()}
    return jwt.encode(document | _claims(document), issuer.keys.rsa, "RS256", header)


def _claims(document: dict[str, Any]) -> dict[str, Any]:
    issuer = document["issuer"]
    claims = {
        "iss": issuer if isinstance(issuer, str) else issuer["id"],
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": _seconds(document["validFrom"]),
    }
    if "validUntil" in document:
        claims["exp"] = _seconds(document["validUntil"])
    return claims


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def open_(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the document of a token, of which nothing is verified yet.

    Refused: it is damaged, is signed in another way, or its claims contradict the document.
    """
    parts = token.split(".")
    if len(token) > jsons.MOST_BYTES or len(parts) != 3:
        raise Refused(DAMAGED)
    header, body = (jsons.parse(multibase.from_unpadded(part)) for part in parts[:2])
    multibase.from_unpadded(parts[2])
    if header.get("alg") != "RS256" or header.get("typ") != "JWT" or "crit" in header:
        raise Refused("This token is signed in a way that is not known here (not RS256).")
    document = {name: value for name, value in body.items() if name not in CLAIMS}
    try:
        agrees = body == document | _claims(document)
    except (KeyError, TypeError, ValueError):
        agrees = False
    if not agrees:
        raise Refused("The claims of this token and the document in it contradict each other.")
    return header, document


def holds(token: str, key: RSAPublicKey) -> bool:
    """Whether the token was signed by `key`; dates are looked at elsewhere."""
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_aud": False}
    try:
        jwt.decode(token, key, algorithms=["RS256"], options=options)
    except jwt.PyJWTError:
        return False
    return True


def key_of(jwk: object) -> RSAPublicKey:
    """The RSA key of a JWK. Refused: another kind, too short, or so long that it takes for ever."""
    try:
        key = RSAAlgorithm.from_jwk(jwk if isinstance(jwk, dict) else {})
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise Refused("The key of this token is not an RSA key.") from None
    if not isinstance(key, RSAPublicKey) or not LEAST_BITS <= key.key_size <= MOST_BITS:
        raise Refused("The key of this token is not a public RSA key of a safe length.")
    return key
