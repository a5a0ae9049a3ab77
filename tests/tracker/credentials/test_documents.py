"""The document of a claim: its members, and what cannot be put into one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import jsonschema
import pytest

from tests.tracker.credentials import samples
from tests.tracker.credentials.open_badges import SCHEMA
from tracker import credentials
from tracker.credentials import documents, jsons
from tracker.errors import Refused


def document(**changes) -> dict:
    return documents.badge(samples.claim(**changes), samples.issuer())


def follows(data: bytes) -> None:
    jsonschema.Draft201909Validator(SCHEMA).validate(jsons.parse(data))


def test_a_signed_document_follows_the_rules_of_open_badges():
    follows(samples.signed().document)


def test_a_claim_that_says_as_little_as_possible_follows_them_too():
    least = samples.claim(
        name="",
        email_hash=None,
        figures=(),
        members=(),
        refresh_url=None,
        achievement=samples.achievement(alignment=()),
    )
    made = credentials.sign(least, samples.home(), samples.NOW)

    follows(made.document)
    assert "identifier" not in jsons.parse(made.document)["credentialSubject"]


def test_the_rules_notice_what_breaks_them():
    broken = jsons.parse(samples.signed().document)
    broken["credentialSubject"]["identifier"][0]["identityType"] = "email"

    with pytest.raises(jsonschema.ValidationError):
        follows(jsons.dump(broken))


def test_no_number_and_nothing_empty_is_signed():
    def leaves(value):
        inside = value.values() if isinstance(value, dict) else value
        if not isinstance(value, dict | list):
            return [value]
        return [value, *(leaf for one in inside for leaf in leaves(one))]

    for leaf in leaves(document()):
        assert leaf is True or leaf is False or (isinstance(leaf, str | dict | list) and leaf)


def test_every_figure_is_described_and_its_result_names_the_description():
    subject = document()["credentialSubject"]
    described = [one["id"] for one in subject["achievement"]["resultDescription"]]

    assert described == [one["resultDescription"] for one in subject["result"]]
    assert subject["result"][0]["value"] == "0.93"
    assert subject["result"][3]["status"] == "Completed"
    assert subject["achievement"]["resultDescription"][1]["requiredValue"] == "80"


def test_the_address_is_there_only_as_a_salted_hash():
    plain, hashed = document()["credentialSubject"]["identifier"]

    assert (plain["hashed"], plain["identityHash"]) == (False, "Ada Lovelace")
    assert (hashed["hashed"], hashed["salt"]) == (True, "0f" * 16)


def test_the_log_and_the_members_are_named_with_the_hash_of_their_bytes():
    log, member = document()["relatedResource"]

    assert log["digestSRI"] == samples.DIGEST and log["id"].endswith("/evidence/73a62097.json")
    assert member["id"] == samples.claim().members[0].id.urn and member["name"] == "Decorators"


def test_the_same_claim_gives_the_same_bytes():
    again = credentials.sign(samples.claim(), samples.issuer(), samples.NOW)

    assert again == samples.signed()


def test_a_renewed_credential_keeps_id_and_first_day():
    later = replace(samples.claim(), valid_from=samples.claim().valid_until)
    renewed = documents.badge(later, samples.issuer())

    assert renewed["id"] == document()["id"]
    assert renewed["awardedDate"] == document()["awardedDate"] != renewed["validFrom"]


@pytest.mark.parametrize("name", samples.NAMES.values(), ids=samples.NAMES)
def test_a_name_is_kept_but_for_control_characters(name):
    kept = document(name=name)["credentialSubject"]["identifier"][0]["identityHash"]

    assert kept == jsons.clean(name)


@pytest.mark.parametrize("name", ["", "   ", "\x00\x1b"])
def test_no_name_is_no_member(name):
    found = document(name=name)["credentialSubject"]["identifier"]

    assert [one["identityType"] for one in found] == ["emailAddress"]


BAD_CLAIMS = [
    ({"name": "x" * 5000}, "at most 200"),
    ({"name": "\ud83d"}, "half a character"),
    ({"valid_until": datetime(2027, 1, 1)}, "time zone"),
    ({"evidence_url": "evidence.json"}, "not an address"),
    ({"evidence_url": "https://example.org/a b"}, "not an address"),
    ({"evidence_url": "https://example.org/\u00e9"}, "not an address"),
    ({"status": ("https://example.org/<1>", 3)}, "not an address"),
    ({"refresh_url": "javascript alert"}, "not an address"),
    ({"achievement": samples.achievement(alignment=({"colour": "red"},))}, "colour"),
    ({"achievement": samples.achievement(description="\udfff")}, "half a character"),
]


@pytest.mark.parametrize(("changes", "words"), BAD_CLAIMS)
def test_a_claim_that_cannot_be_signed_is_refused(changes, words):
    with pytest.raises(Refused, match=words):
        credentials.sign(samples.claim(**changes), samples.issuer(), samples.NOW)
