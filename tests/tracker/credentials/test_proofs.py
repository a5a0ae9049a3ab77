"""Signatures inside documents: the published vectors, and what is refused before it is signed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.tracker.credentials import samples
from tracker import credentials
from tracker.credentials import contexts, documents, jsons, multibase, proofs
from tracker.credentials.canonical import canonical
from tracker.errors import Refused

# W3C, Data Integrity EdDSA Cryptosuites v1.0, appendix B.1.
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
ALUMNI = {
    "@context": [contexts.CREDENTIALS, EXAMPLES],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
HASHES = (
    "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
    "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
)
VALUE = "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"


@pytest.fixture
def examples(tmp_path, monkeypatch):
    """The context of the vector, which is not among ours."""
    vocabulary = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    (tmp_path / "examples.json").write_bytes(jsons.dump(vocabulary))
    monkeypatch.setitem(contexts.FILES, EXAMPLES, str(tmp_path / "examples.json"))


def test_the_official_vector_comes_out_byte_for_byte(examples):
    key = Ed25519PrivateKey.from_private_bytes(multibase.decode(SECRET)[2:])
    created = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)

    signed = proofs.sign(ALUMNI, key, f"did:key:{PUBLIC}#{PUBLIC}", created)

    options = {name: one for name, one in signed["proof"][0].items() if name != "proofValue"}
    assert proofs.digest(ALUMNI, options).hex() == HASHES
    assert signed["proof"][0]["proofValue"] == VALUE
    assert proofs.holds(signed, multibase.read_key(PUBLIC))


def test_the_signature_of_the_open_badges_vector_comes_out():
    """1EdTech, Open Badges 3.0 Implementation Guide; its contexts are older than ours."""
    secret = bytes.fromhex("6241a409e6707bb640a0140a8a32bc3d193c33a661747284d6adfa4ed4180be4")
    hashes = bytes.fromhex(
        "3cf3c265b6c8ebb29b4d5ea310b87d2f31c79b633eff8af561d2e8c97a85c8cb"
        "d994aebd5e53f4af4495dbe9e1155410bae683811107c26acf83671075c163b3"
    )
    key = Ed25519PrivateKey.from_private_bytes(secret)

    assert multibase.write_key(key.public_key()) == (
        "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
    )
    assert multibase.encode(key.sign(hashes)) == (
        "zUSD5bjo6mYV1n9i9E6ZwUiHuj4JyZDjCDfDqoJcPi9XJrc9LYstik9mdBvutdwBdquWXjWrwJDVGJrAarvRs8uD"
    )


def badge() -> dict:
    return documents.badge(samples.claim(), samples.issuer())


def changed(*path: str | int, to: object) -> dict:
    """The usual document with one member at `path` set."""
    document = jsons.parse(jsons.dump(badge()))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return document


UNSIGNABLE = [
    (("credentialSubject", "stability"), "150", "stability"),
    (("favourite",), "blue", "favourite"),
    (("issuer", "@type"), "https://example.org/Boss", "not a plain member"),
    (("issuer", "schema:name"), "Eve", "not a plain member"),
    (("type",), ["VerifiableCredential", "OpenBadgeCredential", "Golden"], "Golden"),
    (("issuer", "id"), "learn.example.org", "not a whole address"),
    (("issuer", "id"), "https://example.org/a b", "not a whole address"),
    (("evidence",), [], "empty"),
    (("evidence",), [[{"type": ["Evidence"]}]], "list in a list"),
    (("name",), None, "empty value"),
    (("name",), "\x1b[2J", "control character"),
    (("name",), "\ud800", "half a character"),
    (("issuer", "id"), "_:b0", "control character"),
    (("@context",), [contexts.CREDENTIALS, {"x": "urn:x"}], "definitions of its own"),
    (("@context",), [contexts.CREDENTIALS, "https://evil.example/context"], "not known here"),
    (("@context",), [contexts.BADGES], "version 2"),
    (("@context",), contexts.CREDENTIALS, "version 2"),
    (("evidence", 0, "id"), f"{samples.BASE}/evidence/73a62097.json", "two different things"),
]


@pytest.mark.parametrize(("path", "value", "words"), UNSIGNABLE)
def test_what_a_signature_would_not_cover_is_refused(path, value, words):
    with pytest.raises(Refused, match=words):
        canonical(changed(*path, to=value))


def test_every_member_of_our_documents_is_covered():
    """Whatever string is changed, something else is signed."""
    document = badge()
    before = canonical(document)
    places = [place for place in strings(document) if "@context" not in place]

    assert len(places) > 60
    for place in places:
        assert outcome(altered(document, place)) != before, place


def outcome(document: dict) -> str:
    """What is signed of a document, or why nothing is: a type decides what a member means."""
    try:
        return canonical(document)
    except Refused as refused:
        return refused.message


def strings(value, place=()):
    if isinstance(value, str):
        yield place
    elif isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in members:
            yield from strings(one, (*place, name))


def altered(document: dict, place: tuple) -> dict:
    document = jsons.parse(jsons.dump(document))
    inner = document
    for step in place[:-1]:
        inner = inner[step]
    old = inner[place[-1]]
    # A type must be another one that the contexts know.
    other = "Address" if old == "Profile" else "Profile"
    inner[place[-1]] = other if "type" in place else old + "x"
    return document


def poison(depth: int, width: int) -> dict:
    """Things without ids that look alike from near: the costly case of RDFC-1.0."""
    if not depth:
        return {"narrative": "the same"}
    return {"criteria": [poison(depth - 1, width) for _ in range(width)]}


@pytest.mark.parametrize(("depth", "width"), [(1, 9), (2, 6), (3, 4), (5, 3)])
def test_a_graph_made_to_take_for_ever_is_refused(depth, width):
    document = changed("credentialSubject", "achievement", "criteria", to=poison(depth, width))

    with pytest.raises(Refused, match="too long|no meaning"):
        canonical(document)


def sign() -> bytes:
    return credentials.sign(samples.claim(), samples.issuer(), samples.NOW).document


def test_many_threads_may_sign_at_once():
    expected = samples.signed().document

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: sign(), range(24)))

    assert set(made) == {expected}


BAD_PROOFS = [
    None,
    [],
    "z",
    [{"type": "DataIntegrityProof"}],
    {"type": "Ed25519Signature2020"},
]


@pytest.mark.parametrize("proof", BAD_PROOFS)
def test_a_proof_of_another_kind_is_refused(proof):
    with pytest.raises(Refused):
        proofs.proof({"proof": proof})


def test_two_proofs_are_refused():
    one = jsons.parse(samples.signed().document)["proof"][0]

    with pytest.raises(Refused, match="one signature"):
        proofs.proof({"proof": [one, one]})


@pytest.mark.parametrize(
    ("member", "value"),
    [("cryptosuite", "eddsa-jcs-2022"), ("proofPurpose", "authentication"), ("created", 5)],
)
def test_a_proof_for_another_purpose_is_refused(member, value):
    one = jsons.parse(samples.signed().document)["proof"][0]

    with pytest.raises(Refused, match="not known here"):
        proofs.proof({"proof": [one | {member: value}]})
