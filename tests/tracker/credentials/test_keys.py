"""The issuer's keys: made once, kept safe, changed without harm, and missed loudly."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.tracker.credentials import samples
from tracker import credentials
from tracker.credentials import keys
from tracker.errors import Refused

BASE, NOW = samples.BASE, samples.NOW


def load(folder, base=BASE, **more):
    return keys.load(folder, base, "Ada's", NOW, **more)


def test_keys_are_made_once_and_nobody_else_may_read_them(tmp_path):
    first = load(tmp_path / "data")
    again = load(tmp_path / "data")

    assert first.method == again.method and first.token_key == again.token_key
    assert (tmp_path / "data" / keys.NAME).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == [keys.NAME]


def test_a_file_that_others_could_read_is_closed(tmp_path):
    load(tmp_path)
    (tmp_path / keys.NAME).chmod(0o644)
    load(tmp_path)

    assert (tmp_path / keys.NAME).stat().st_mode & 0o777 == 0o600


def test_processes_that_start_at_once_have_the_same_keys(tmp_path):
    with ThreadPoolExecutor(3) as pool:
        methods = list(pool.map(lambda _: load(tmp_path).method, range(3)))

    assert len(set(methods)) == 1
    assert len(list(tmp_path.iterdir())) == 1


ADDRESSES = [
    ("https://learn.example.org", "did:web:learn.example.org"),
    ("https://learn.example.org/", "did:web:learn.example.org"),
    ("https://LEARN.example.org:443", "did:web:learn.example.org"),
    ("https://learn.example.org:8443", "did:key:"),
    ("http://learn.example.org", "did:key:"),
    ("https://localhost", "did:key:"),
    ("https://box.local", "did:key:"),
    ("https://192.168.0.7", "did:key:"),
    ("https://[::1]", "did:key:"),
    ("", "did:key:"),
]


@pytest.mark.parametrize(("base", "did"), ADDRESSES)
def test_only_a_public_address_makes_a_domain_the_issuer(base, did):
    pair = samples.issuer().keys

    assert keys.did_of(base, pair).startswith(did)
    assert keys.did_of(base, pair).startswith("did:web") == (did != "did:key:")


def test_the_did_document_lists_both_keys_for_assertions():
    issuer = samples.issuer()
    document = issuer.did_document()

    assert document["@context"][0] == "https://www.w3.org/ns/did/v1"
    assert document["id"] == "did:web:learn.example.org"
    assert document["assertionMethod"] == [issuer.method, issuer.token_key]
    assert [one["type"] for one in document["verificationMethod"]] == ["Multikey", "JsonWebKey"]
    assert document["verificationMethod"][0]["publicKeyMultibase"].startswith("z6Mk")
    assert issuer.jwks()["keys"][0]["kid"] == issuer.token_key.partition("#")[2]


def test_nothing_secret_is_published():
    published = json.dumps([samples.issuer().did_document(), samples.issuer().jwks()])

    assert "PRIVATE" not in published
    assert not {'"d"', '"p"', '"q"', '"dp"'} & set(published.replace(":", " ").split())


def test_a_thumbprint_is_that_of_rfc_7638():
    """The example key of RFC 7638, section 3.1, has the same members as ours."""
    assert list(samples.issuer().keys.jwk()) == ["kty", "n", "e"]
    assert len(samples.issuer().keys.thumbprint) == 43


def test_what_was_signed_holds_after_three_new_pairs_of_keys(tmp_path):
    before = load(tmp_path)
    signed = credentials.sign(samples.claim(), before, NOW)
    for day in (1, 2, 3):
        keys.rotate(tmp_path, BASE, NOW + timedelta(days=day))
    after = load(tmp_path)

    assert after.method != before.method and len(after.retired) == 3
    assert len(after.jwks()["keys"]) == 4
    for data in (signed.document, signed.token.encode()):
        report = credentials.verify(data, now=NOW, did_documents=[after.did_document()])
        assert report.authentic is True
    fresh = credentials.sign(samples.claim(), after, NOW)
    old = credentials.verify(fresh.document, now=NOW, did_documents=[before.did_document()])
    assert old.authentic is False


def test_a_key_that_is_the_identity_is_not_changed_by_accident(tmp_path):
    before = load(tmp_path, "")

    with pytest.raises(Refused, match="becomes another issuer"):
        keys.rotate(tmp_path, "", NOW)
    assert load(tmp_path, "").did == before.did

    keys.rotate(tmp_path, "", NOW, forced=True)
    assert load(tmp_path, "").did != before.did


DAMAGES = [
    ("", "damaged"),
    ("{", "damaged"),
    ("[]", "damaged"),
    ('{"keys": []}', "empty"),
    ('{"keys": [1]}', "damaged"),
    ('{"keys": [{"ed25519": "x", "rsa": "y", "made_at": "", "retired_at": null}]}', "damaged"),
]


@pytest.mark.parametrize(("text", "words"), DAMAGES)
def test_a_damaged_file_is_named_and_never_replaced(tmp_path, text, words):
    (tmp_path / keys.NAME).write_text(text)

    for attempt in (load, lambda folder: keys.rotate(folder, BASE, NOW)):
        with pytest.raises(Refused, match=f"{words}.*backup"):
            attempt(tmp_path)
    assert (tmp_path / keys.NAME).read_text() == text
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_cut_off_anywhere_is_damaged(tmp_path):
    load(tmp_path)
    whole = (tmp_path / keys.NAME).read_text()
    for length in range(0, len(whole) - 2, 97):
        (tmp_path / keys.NAME).write_text(whole[:length])
        with pytest.raises(Refused, match="damaged"):
            load(tmp_path)


def test_swapped_keys_are_damage(tmp_path):
    load(tmp_path)
    entry = json.loads((tmp_path / keys.NAME).read_text())["keys"][0]
    swapped = entry | {"rsa": entry["ed25519"], "ed25519": entry["rsa"]}
    (tmp_path / keys.NAME).write_text(json.dumps({"keys": [swapped]}))

    with pytest.raises(Refused, match="damaged"):
        load(tmp_path)


def test_a_lost_file_is_named_where_something_was_signed_before(tmp_path):
    with pytest.raises(Refused, match="not there.*backup"):
        load(tmp_path, make=False)
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / keys.NAME).mkdir()

    with pytest.raises(Refused, match="cannot be read"):
        load(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "data").write_text("a file")

    with pytest.raises(Refused, match="cannot be (written|read)"):
        load(tmp_path / "data" / "inside")
