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


def test_our_few_terms_mean_what_the_published_context_says(monkeypatch, tmp_path):
    """The published context is in no package that we ship; a tool of the tests has a copy."""
    elsewhere, file = f"{contexts.CLR}?published", tmp_path / "published.json"
    file.write_bytes(jsons.dump(bundled_clr_contexts()[contexts.CLR]))
    monkeypatch.setitem(contexts.FILES, elsewhere, str(file))
    ours = body(samples.record())
    named = [elsewhere if one == contexts.CLR else one for one in ours["@context"]]

    assert canonical(ours | {"@context": named}) == canonical(ours)
    assert "clr/vocab.html#association" in canonical(ours)


def test_what_is_not_signed_is_not_taken_in():
    with pytest.raises(Refused, match="not signed"):
        credentials.clr(samples.claim(), samples.issuer(), [b"{}"], samples.NOW)
