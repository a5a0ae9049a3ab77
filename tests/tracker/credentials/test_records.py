"""The learner record of a whole path."""

from __future__ import annotations

import pytest
from openbadgeslib.ob3 import bundled_clr_contexts

from tests.tracker.credentials import samples
from tracker import credentials
from tracker.credentials import contexts, jsons
from tracker.credentials.canonical import canonical
from tracker.errors import Refused


def body(data: bytes) -> dict:
    return {name: one for name, one in jsons.parse(data).items() if name != "proof"}


def test_the_credentials_inside_are_the_signed_ones_unchanged():
    inside = body(samples.record())["credentialSubject"]["verifiableCredential"]

    assert [jsons.dump(one) for one in inside] == [samples.skill(number) for number in range(3)]


def test_the_path_is_the_parent_of_every_skill():
    subject = body(samples.record())["credentialSubject"]
    path = subject["achievement"][0]["id"]

    assert [one["sourceId"] for one in subject["association"]] == [path] * 3
    assert subject["association"][2]["targetId"].endswith("/achievements/skill-2/v1")


def test_a_record_has_an_id_of_its_own_that_stays():
    assert body(samples.record())["id"] == body(samples.record(1))["id"] != samples.claim().id.urn


def test_our_few_terms_mean_what_the_published_context_says(monkeypatch):
    """The published context is in no package we ship; a tool for the tests has a copy."""
    document = body(samples.record())
    ours = canonical(document)
    read = contexts._read
    published = bundled_clr_contexts()[contexts.CLR]
    clr = contexts.FILES[contexts.CLR]
    elsewhere = f"{contexts.CLR}?published"
    monkeypatch.setitem(contexts.FILES, elsewhere, "published")
    monkeypatch.setattr(
        contexts, "_read", lambda name: published if name == "published" else read(name)
    )

    document["@context"] = [
        elsewhere if one == contexts.CLR else one for one in document["@context"]
    ]

    assert canonical(document) == ours
    assert "clr/vocab.html#association" in ours and clr


def test_what_is_not_signed_is_not_taken_in():
    with pytest.raises(Refused, match="not signed"):
        credentials.clr(samples.claim(), samples.issuer(), [b"{}"], samples.NOW)
