"""Tokens: what is in them, and every way to forge one."""

from __future__ import annotations

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from tests.tracker.credentials import samples
from tracker.credentials import jsons, multibase, tokens
from tracker.errors import Refused


def parts(token: str) -> tuple[dict, dict]:
    header, body = (multibase.from_unpadded(one) for one in token.split(".")[:2])
    return json.loads(header), json.loads(body)


def forged(header: dict, body: dict, tail: str = "c2ln") -> str:
    return ".".join(
        [*(multibase.unpadded(json.dumps(one).encode()) for one in (header, body)), tail]
    )


def test_a_token_holds_the_signed_document_and_its_claims():
    header, body = parts(samples.signed().token)
    document = jsons.parse(samples.signed().document)

    assert header.keys() == {"alg", "typ", "kid", "jwk"} and header["alg"] == "RS256"
    assert header["kid"] == samples.issuer().token_key
    assert body["iss"] == "did:web:learn.example.org" and body["jti"] == document["id"]
    assert body["sub"] == document["credentialSubject"]["id"]
    assert (body["nbf"], body["exp"]) == (1795424400, 1810976400)
    assert tokens.open_(samples.signed().token)[1] == document
    assert tokens.holds(samples.signed().token, samples.issuer().keys.rsa.public_key())


def test_a_token_of_another_key_does_not_hold():
    other = samples.issuer(which="second").keys.rsa.public_key()

    assert not tokens.holds(samples.signed().token, other)


HEADERS = [
    {"alg": "none"},
    {"alg": "HS256"},
    {"alg": "RS512"},
    {"alg": "ES256"},
    {"typ": "at+jwt"},
    {"crit": ["exp"]},
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_token_signed_in_another_way_is_refused(header):
    old, body = parts(samples.signed().token)

    with pytest.raises(Refused, match="not RS256"):
        tokens.open_(forged(old | header, body))


CONTRADICTIONS = [
    {"iss": "did:web:evil.example"},
    {"jti": "urn:uuid:0"},
    {"sub": "urn:uuid:0"},
    {"nbf": 1},
    {"exp": 4_000_000_000},
    {"nbf": "1795424400"},
]


@pytest.mark.parametrize("claims", CONTRADICTIONS)
def test_claims_that_contradict_the_document_are_refused(claims):
    header, body = parts(samples.signed().token)

    with pytest.raises(Refused, match="contradict"):
        tokens.open_(forged(header, body | claims))


def test_a_token_without_its_claims_is_refused():
    header, body = parts(samples.signed().token)
    del body["exp"]

    with pytest.raises(Refused, match="contradict"):
        tokens.open_(forged(header, body))


@pytest.mark.parametrize("token", ["a.b", "a.b.c.d", "e30.e30.", "eyJ.eyJ.eyJ", "e30.W10.x", "..."])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(Refused):
        tokens.open_(token)


def short_key() -> dict:
    numbers = generate_private_key(65537, 1024).public_key().public_numbers()
    return {"kty": "RSA", "n": multibase.unpadded(numbers.n.to_bytes(128)), "e": "AQAB"}


def secret_key() -> dict:
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(samples.issuer().keys.rsa))


BAD_KEYS = [
    None,
    "key",
    {},
    {"kty": "oct", "k": "c2VjcmV0"},
    {"kty": "EC", "crv": "P-256", "x": "a", "y": "b"},
    {"kty": "RSA", "n": "!", "e": "AQAB"},
    {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
    {"kty": "RSA", "n": multibase.unpadded(b"\xff" * 4096), "e": "AQAB"},
]


@pytest.mark.parametrize("jwk", BAD_KEYS)
def test_a_key_that_is_no_safe_rsa_key_is_refused(jwk):
    with pytest.raises(Refused):
        tokens.key_of(jwk)


def test_a_short_or_a_secret_key_is_refused():
    for jwk in (short_key(), secret_key()):
        with pytest.raises(Refused, match="safe length"):
            tokens.key_of(jwk)
