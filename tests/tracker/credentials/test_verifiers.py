"""Verifiers that others wrote accept what we sign, and refuse it after any change.

JavaScript: Digital Bazaar's `vc` with eddsa-rdfc-2022 in safe mode, its status lists, and `jose`.
Python: openbadgeslib. All without a network, so with the DID document and the lists at hand.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier

from tests.tracker.credentials import samples
from tests.tracker.credentials.javascript import ask, document, token
from tracker import credentials
from tracker.credentials import baking, images, jsons, keys, pdf, proofs

NOW = samples.NOW
CLEAN = samples.revoking().document


def home_document() -> dict:
    return document(samples.signed(samples.home()).document, samples.home())


def renamed(name: str) -> dict:
    made = credentials.sign(samples.claim(name=name), samples.issuer(), NOW)
    return document(made.document, listing=CLEAN)


def from_png() -> dict:
    text = samples.signed().document.decode()
    picture = baking.bake_png(images.png(samples.achievement(), NOW), text)
    return document(baking.read_png(picture).encode(), listing=CLEAN)


def from_svg() -> dict:
    text = samples.signed().document.decode()
    drawing = baking.bake_svg(images.svg(samples.achievement(), NOW), text)
    return document(baking.read_svg(drawing.encode()).encode(), listing=CLEAN)


def from_pdf() -> dict:
    issuer = samples.issuer()
    words = {"issuer_name": issuer.name, "did": issuer.did, "vouched": issuer.vouched}
    paper = pdf.make(samples.claim(), samples.signed(), public_url=samples.BASE, **words)
    return document(pdf.read(paper), listing=CLEAN)


def least() -> dict:
    claim = samples.claim(name="", email_hash=None, figures=(), members=(), refresh_url=None)
    return document(credentials.sign(claim, samples.issuer(), NOW).document, listing=CLEAN)


GOOD = {
    "signed JSON, did:web": lambda: document(samples.signed().document, listing=CLEAN),
    "signed JSON, did:key": home_document,
    "as little as possible": least,
    "PNG": from_png,
    "SVG": from_svg,
    "PDF": from_pdf,
    "learner record": lambda: document(samples.record(), listing=CLEAN),
    "status list": lambda: document(CLEAN),
    "token": lambda: token(samples.signed().token),
    "token of a status list": lambda: token(samples.revoking().token),
    "the last moment": lambda: document(
        samples.signed().document, now=NOW + timedelta(days=180), listing=CLEAN
    ),
    **{f"{kind} name": lambda name=name: renamed(name) for kind, name in samples.NAMES.items()},
}


@cache
def good() -> dict:
    """One run of Node.js for all of them."""
    return dict(zip(GOOD, ask(*(job() for job in GOOD.values())), strict=True))


@pytest.mark.parametrize("what", GOOD)
def test_what_we_sign_is_accepted(what):
    assert good()[what].ok, good()[what].why


def foreign_key() -> dict:
    """Signed by somebody else in our name."""
    return document(samples.signed(samples.issuer(which="forger")).document)


def foreign_proof() -> dict:
    """Our document, whose proof names our key but is made by another."""
    forger = samples.issuer(which="forger").keys.ed25519
    body = jsons.parse(samples.signed().document)
    del body["proof"]
    return document(jsons.dump(proofs.sign(body, forger, samples.issuer().method, NOW)))


def foreign_list() -> dict:
    listing = samples.revoking(by=samples.home()).document
    return document(samples.signed().document, listing=listing)


def foreign_token() -> dict:
    return token(samples.signed(samples.issuer(which="forger")).token)


def unsigned_member() -> dict:
    """A member that no context defines is covered by no signature."""
    added = samples.signed().document.replace(b'"name":', b'"favourite":"blue","name":', 1)
    return document(added)


LATE = NOW + timedelta(days=181)
BAD = {
    "a foreign key": (foreign_key, "no such key"),
    "a foreign proof": (foreign_proof, "signature"),
    "a foreign status list": (foreign_list, "ssuers"),
    "a foreign token": (foreign_token, "undefined"),
    "an unsigned member": (unsigned_member, ""),
    "a revocation": (
        lambda: document(samples.signed().document, listing=samples.revoking(94567).document),
        "revoked",
    ),
    "a revoked skill of a path": (
        lambda: document(samples.record(), listing=samples.revoking(2).document),
        "revoked",
    ),
    "a date that is past": (lambda: document(samples.signed().document, now=LATE), "validUntil"),
    "a date to come": (
        lambda: document(samples.signed().document, now=NOW - timedelta(days=1)),
        "validFrom",
    ),
    "a token that is past": (lambda: token(samples.signed().token, now=LATE), "exp"),
    "a token to come": (
        lambda: token(samples.signed().token, now=NOW - timedelta(days=1)),
        "nbf",
    ),
}


@cache
def bad() -> dict:
    return dict(zip(BAD, ask(*(job() for job, _ in BAD.values())), strict=True))


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_refused(what):
    answer = bad()[what]

    assert not answer.ok and BAD[what][1] in answer.why, answer


def changed_documents() -> list[bytes]:
    """The document once for every string in it, with one byte of that string changed."""
    data = samples.signed().document
    ends = [place for place in range(1, len(data)) if data[place : place + 1] == b'"']
    changed = []
    for place in ends:
        last = data[place - 1 : place]
        if last.isalnum():
            other = b"x" if last != b"x" else b"y"
            changed.append(data[: place - 1] + other + data[place:])
    return changed


def test_one_changed_byte_anywhere_is_refused():
    every = changed_documents()

    answers = ask(*(document(data) for data in every))

    assert len(every) > 200
    assert [data for data, answer in zip(every, answers, strict=True) if answer.ok] == []


def test_one_changed_character_of_a_token_is_refused():
    whole = samples.signed().token
    places = range(5, len(whole), 211)
    every = [
        whole[:place] + ("A" if whole[place] != "A" else "B") + whole[place + 1 :]
        for place in places
        if whole[place] != "."
    ]

    assert not any(answer.ok for answer in ask(*map(token, every)))


def test_what_old_keys_signed_is_accepted_after_three_new_pairs(tmp_path):
    before = keys.load(tmp_path, samples.BASE, "Ada's", NOW)
    made = credentials.sign(samples.claim(), before, NOW)
    for _ in range(3):
        keys.rotate(tmp_path, samples.BASE, NOW)
    after = keys.load(tmp_path, samples.BASE, "Ada's", NOW)
    listing = samples.revoking(by=after).document

    answers = ask(document(made.document, after, listing=listing), token(made.token, after))

    assert [answer.ok for answer in answers] == [True, True], answers


# openbadgeslib, which is stricter about the form of JSON-LD. It takes the present time.


def pem(by) -> bytes:
    return by.keys.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def lasting(**changes):
    """A credential that holds today, whatever day that is."""
    long = {"valid_until": NOW + timedelta(days=36_500), "valid_from": NOW - timedelta(days=900)}
    return samples.claim(**(long | changes))


@pytest.mark.parametrize("name", samples.NAMES.values(), ids=samples.NAMES)
def test_openbadgeslib_accepts_what_we_sign(name):
    by = samples.home()
    made = credentials.sign(lasting(name=name), by, NOW)

    found = OB3LdpVerifier.for_issuer_did(by.did).verify(made.document)
    wrapped = OB3Verifier(pem(by)).verify(made.token)

    assert found.id == wrapped.id == samples.claim().id.urn


def test_openbadgeslib_refuses_a_change():
    by = samples.home()
    made = credentials.sign(lasting(), by, NOW)
    changed = made.document.replace(b"Lovelace", b"Lovelacf")

    with pytest.raises(OB3VerificationError):
        OB3LdpVerifier.for_issuer_did(by.did).verify(changed)
    with pytest.raises(OB3VerificationError):
        OB3Verifier(pem(samples.issuer(which="forger"))).verify(made.token)
