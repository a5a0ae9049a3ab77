"""Verifying a file: what is believed, what is not, and what is said about it."""

from __future__ import annotations

import io
import json
import random
import zipfile
from datetime import timedelta
from functools import cache

import pytest

from tests.tracker.credentials import samples
from tracker import credentials
from tracker.credentials import archive, baking, images, jsons, pdf, proofs, tokens
from tracker.errors import Refused

NOW = samples.NOW
DAY = timedelta(days=1)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>'


def verify(data: bytes, *, now=NOW, by=None, listing: bytes | None = None, **more):
    """With the DID document of the usual issuer and a list in which nothing is revoked."""
    at_hand = {
        "did_documents": [(by or samples.issuer()).did_document()],
        "status_lists": [listing or samples.revoking().document],
    }
    return credentials.verify(data, now=now, **(at_hand | more))


def answers(report) -> dict[str, bool | None]:
    return {one.name: one.ok for one in report.checks}


@cache
def baked() -> dict[str, bytes]:
    """The credential in every form, by name."""
    made = samples.signed()
    picture = images.png(samples.achievement(), NOW)
    drawing = images.svg(samples.achievement(), NOW)
    text = made.document.decode()
    return {
        "JSON": made.document,
        "JSON with space around": b"\xef\xbb\xbf \n" + made.document + b"\n",
        "token": made.token.encode(),
        "PNG": baking.bake_png(picture, text),
        "PNG with a token": baking.bake_png(picture, made.token),
        "SVG": baking.bake_svg(drawing, text).encode(),
        "record": samples.record(),
        "PDF": paper(),
        "ZIP": packed(),
    }


@cache
def paper() -> bytes:
    issuer = samples.issuer()
    words = {"issuer_name": issuer.name, "did": issuer.did, "vouched": issuer.vouched}
    return pdf.make(samples.claim(), samples.signed(), public_url=f"{samples.BASE}/c/7", **words)


def packed() -> bytes:
    """The whole archive as it is handed out, with the record of a path and the review log."""
    made = samples.signed()
    text = made.document.decode()
    record = credentials.clr(
        samples.claim(), samples.issuer(), [made.document, samples.skill(1)], NOW
    )
    return archive.make(
        samples.claim(),
        made,
        pdf=paper(),
        png=baking.bake_png(images.png(samples.achievement(), NOW), text),
        svg=baking.bake_svg(images.svg(samples.achievement(), NOW), text),
        did_document=samples.issuer().did_document(),
        jwks=samples.issuer().jwks(),
        status_list=samples.revoking().document,
        clr=record,
        log=b'[{"rating": 3, "reviewed_at": 1795424400000}]',
    )


FORMS_OF_FILES = "JSON,JSON with space around,token,PNG,PNG with a token,SVG,record,PDF,ZIP"


@pytest.mark.parametrize("form", FORMS_OF_FILES.split(","))
def test_every_form_is_authentic_and_valid(form):
    report = verify(baked()[form])

    assert report.authentic is True and report.valid is True, str(report)


def test_every_form_has_been_tried():
    assert FORMS_OF_FILES.split(",") == list(baked())


def test_the_fingerprint_on_paper_is_the_one_of_the_report():
    assert verify(paper()).facts.digest == pdf.fingerprint(samples.signed().document)


def test_a_report_names_what_the_credential_says():
    facts = verify(samples.signed().document).facts

    assert (facts.name, facts.achievement) == ("Ada Lovelace", "Python generators")
    assert (facts.issuer, facts.issuer_id) == ("Ada's Learning Server", "did:web:learn.example.org")
    assert (facts.awarded, facts.valid_until) == ("2026-11-23T09:00:00Z", "2027-05-22T09:00:00Z")
    assert facts.id == samples.claim().id.urn and len(facts.digest) == len(samples.DIGEST)


def test_without_a_did_document_the_issuer_stays_open():
    report = verify(samples.signed().document, did_documents=[])

    assert answers(report)["signature"] is True and answers(report)["issuer"] is None
    assert report.authentic is None
    assert "https://learn.example.org/.well-known/did.json" in str(report)


def test_without_a_status_list_revocation_stays_open():
    report = verify(samples.signed().document, status_lists=[])

    assert report.authentic is True and report.valid is None
    assert "not at hand" in str(report)


def test_a_key_is_its_own_issuer():
    by = samples.home()
    report = verify(samples.signed(by).document, did_documents=[], status_lists=[])

    assert report.authentic is True and "no domain vouches" in str(report)


@pytest.mark.parametrize(
    ("now", "valid"),
    [
        (NOW - DAY, False),
        (NOW, True),
        (NOW + 180 * DAY, True),
        (NOW + 180 * DAY + timedelta(seconds=1), False),
    ],
)
def test_it_holds_from_its_first_to_its_last_moment(now, valid):
    report = verify(samples.signed().document, now=now)

    assert report.valid is valid and report.authentic is True


def test_a_revoked_credential_is_authentic_but_not_valid():
    listing = samples.revoking(94567).document
    report = verify(samples.signed().document, listing=listing)

    assert report.authentic is True and report.valid is False and "It is revoked" in str(report)


def test_a_revoked_skill_is_seen_inside_a_record():
    report = verify(samples.record(), listing=samples.revoking(1).document)

    assert report.authentic is True and report.valid is False
    assert "one is revoked" in str(report)


def test_a_status_list_of_somebody_else_is_not_believed():
    foreign = samples.revoking(by=samples.home()).document
    report = verify(samples.signed().document, listing=foreign)

    assert report.valid is False and "not signed by the issuer" in str(report)


def test_a_changed_status_list_is_not_believed():
    listing = jsons.parse(samples.revoking(94567).document)
    clean = jsons.parse(samples.revoking().document)
    listing["credentialSubject"] = clean["credentialSubject"]

    assert verify(samples.signed().document, listing=jsons.dump(listing)).valid is False


def test_a_key_that_the_domain_does_not_list_is_a_forgery():
    """The forger names our domain and signs with a key of their own."""
    forger = samples.issuer(which="forger")
    forged = samples.signed(forger)
    for data in (forged.document, forged.token.encode()):
        report = verify(data)
        assert report.authentic is False and "does not list the key" in str(report)


def test_a_key_of_another_issuer_is_a_forgery():
    issuer, home = samples.issuer(), samples.home()
    document = jsons.parse(samples.signed().document)
    del document["proof"]
    forged = proofs.sign(document, home.keys.ed25519, home.method, NOW)

    report = verify(jsons.dump(forged), by=issuer)

    assert report.authentic is False and "somebody else" in str(report)


def test_the_key_in_the_name_must_be_the_key_of_the_proof():
    """The method of a forged proof names our key, but another one has signed."""
    issuer, forger = samples.issuer(), samples.issuer(which="forger")
    document = jsons.parse(samples.signed().document)
    del document["proof"]
    forged = proofs.sign(document, forger.keys.ed25519, issuer.method, NOW)

    assert verify(jsons.dump(forged)).authentic is False


def test_a_did_key_with_another_fragment_is_a_forgery():
    home, forger = samples.home(), samples.issuer(which="forger")
    document = jsons.parse(samples.signed(home).document)
    del document["proof"]
    method = f"{home.did}#{forger.keys.multikey}"
    forged = proofs.sign(document, forger.keys.ed25519, method, NOW)

    assert verify(jsons.dump(forged)).authentic is False


def test_a_token_around_the_document_of_another_is_a_forgery():
    """The document inside is true, but our domain does not list the key of the token."""
    forger = samples.issuer(which="forger")
    wrapped = tokens.sign(jsons.parse(samples.signed().document), forger)

    report = verify(wrapped.encode())

    assert report.authentic is False and answers(report)["token"] is False


FORMS = {"JSON": 80, "token": 100, "record": 12, "PNG": 20, "SVG": 20}


def inside(form: str) -> tuple[int, int]:
    """Where the credential begins and ends in the file of a form."""
    data = baked()[form]
    if form == "PNG":
        return data.index(b"iTXt"), data.index(b"IDAT") - 8
    if form == "SVG":
        return data.index(b"<openbadges"), data.index(b"</openbadges")
    return 0, len(data)


@pytest.mark.parametrize("form", FORMS)
def test_no_changed_bit_is_accepted(form):
    """A sample: of 10,000 bits tried once over these forms none was accepted."""
    data, dice = baked()[form], random.Random(5)
    begin, end = inside(form)
    digest = verify(data).facts.digest

    for _ in range(FORMS[form]):
        place, bit = dice.randrange(begin, end), dice.randrange(8)
        changed = bytearray(data)
        changed[place] ^= 1 << bit
        assert not accepted(bytes(changed), digest), (place, bit)


def accepted(changed: bytes, digest: str) -> bool:
    """Whether other content is held to be authentic."""
    try:
        report = verify(changed, status_lists=[])
    except Refused:
        return False
    return report.authentic is True and report.facts.digest != digest


def test_the_same_content_written_in_another_way_is_said():
    document = samples.signed().document
    spaced = document.replace(b'","', b'", "', 1)

    report = verify(spaced)

    assert report.authentic is True and "written in another way" in str(report)
    assert "written in another way" not in str(verify(document))


def test_a_swapped_credential_inside_a_record_is_noticed():
    record = jsons.parse(samples.record())
    inside = record["credentialSubject"]["verifiableCredential"]
    inside[0], inside[1] = inside[1] | {"name": "Skill 9"}, inside[0]

    report = verify(jsons.dump(record))

    assert answers(report)["signature"] is False and answers(report)["parts"] is False


def test_a_credential_of_another_issuer_inside_leaves_the_record_open():
    inside = [samples.skill(1), samples.skill(2, samples.home())]
    record = credentials.clr(samples.claim(), samples.issuer(), inside, NOW)

    report = verify(record)

    assert report.authentic is None and "not all of the same issuer" in str(report)


# Archives.


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def small(**more: bytes) -> bytes:
    made = samples.signed()
    usual = {
        "credential_json": made.document,
        "credential_jwt": made.token.encode(),
        "did_json": jsons.dump(samples.issuer().did_document()),
        "status_json": samples.revoking().document,
        "log_json": b'{"reviews": [], "type": "log"}',
        "README_txt": b"hello",
    }
    return zipped(**(usual | more))


def alone(data: bytes):
    return credentials.verify(data, now=NOW)


def test_an_archive_brings_its_own_documents_but_cannot_vouch_for_itself():
    report = alone(small())

    assert answers(report)["signature"] is True and report.valid is True
    assert report.authentic is None and "compare it with that page" in str(report)
    assert verify(small()).authentic is True


def test_an_archive_of_a_forger_is_not_authentic():
    forger = samples.issuer(which="forger")
    made = samples.signed(forger)
    forged = small(
        credential_json=made.document,
        credential_jwt=made.token.encode(),
        did_json=jsons.dump(forger.did_document()),
        status_json=samples.revoking(by=forger).document,
    )

    assert alone(forged).authentic is None
    assert verify(forged).authentic is False


def test_another_credential_in_an_archive_is_noticed():
    other = credentials.sign(samples.claim(name="Eve"), samples.issuer(), NOW)
    picture = baking.bake_png(images.png(samples.achievement(), NOW), other.document.decode())

    report = verify(small(credential_png=picture))

    assert report.authentic is False and "another credential" in str(report)


def test_the_record_of_the_path_may_lie_beside_its_credential():
    own = samples.signed().document
    record = credentials.clr(samples.claim(), samples.issuer(), [own, samples.skill(1)], NOW)

    assert verify(small(path_json=record)).authentic is True


BOMB = zipped(credential_json=b" " * 40_000_000)
BAD_FILES = [
    (b"", "no certificate"),
    (b"hello", "no certificate"),
    (b"\x00" * 500, "no certificate"),
    (b"MZ\x90\x00", "no certificate"),
    (b"{}", "neither an Open Badge"),
    (b'{"type": ["VerifiableCredential"]}', "neither an Open Badge"),
    (b'{"type": "OpenBadgeCredential"}', "not signed"),
    (b'{"type": 5}', "neither an Open Badge"),
    (samples.signed().document[:-1], "damaged or cut off"),
    (samples.signed().document[:3000], "damaged or cut off"),
    (samples.signed().token.encode()[:3000], "no certificate|not base64url|not whole"),
    (samples.signed().token.encode()[:-10], "not base64url|changed"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (SVG.encode(), "no credential"),
    (b"<html></html>", "SVG"),
    (b"%PDF-1.7\n", "PDF"),
    (b"PK\x03\x04", "damaged or cut off"),
    (small()[:-100], "damaged or cut off"),
    (zipped(a_txt=b"x"), "no certificate in this archive"),
    (zipped(a_png=zipped(a_txt=b"x")), "holds more than"),
    (zipped(a_pdf=b"%PDF", b_pdf=b"%PDF"), "holds more than"),
    (zipped(**{f"{n}_txt": b"" for n in range(60)}), "more than"),
    (BOMB, "more than"),
    (b"{" + b" " * 10_000_001, "larger than 10 MB"),
    (samples.revoking().document, "neither an Open Badge"),
]


@pytest.mark.parametrize(("data", "words"), BAD_FILES, ids=range(len(BAD_FILES)))
def test_what_is_no_certificate_is_refused_in_one_sentence(data, words):
    with pytest.raises(Refused, match=words) as refused:
        report = verify(data)
        raise Refused(f"not refused, but {report.authentic}: changed")
    assert "\n" not in refused.value.message


ODD = [None, 5, 2**70, 1.5, "", "x", "_:b", "\x00", "\ud800", [], {}, [[]], [None], {"id": 5}, True]


def places(value, place=()):
    yield place
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in members:
            yield from places(one, (*place, name))


def with_odd(document: dict, place: tuple, value: object) -> bytes:
    document = json.loads(jsons.dump(document))
    inner = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize("form", ["JSON", "record"])
def test_odd_values_anywhere_are_refused_or_not_authentic(form):
    """Every member and entry once in the place of something it should not be."""
    document, dice = jsons.parse(baked()[form]), random.Random(7)
    everywhere = [place for place in places(document) if place]
    chosen = everywhere if form == "JSON" else dice.sample(everywhere, 20)

    for place in chosen:
        value = dice.choice([one for one in ODD if one is not True])
        assert not passes(with_odd(document, place, value)), (place, value)
    assert not passes(with_odd(document, ("credentialSubject", "verifiableCredential"), 5))


def passes(data: bytes) -> bool:
    try:
        return verify(data, status_lists=[]).authentic is True
    except Refused:
        return False


@pytest.mark.parametrize("member", ["@context", "id", "type", "issuer", "proof", "name"])
def test_a_document_without_a_member_is_refused_or_not_authentic(member):
    document = jsons.parse(samples.signed().document)
    del document[member]

    assert not passes(jsons.dump(document))


@pytest.mark.parametrize("value", ["yesterday", "2027-05-22T09:00:00", 5, None])
def test_a_date_that_cannot_be_read_is_refused(value):
    document = jsons.parse(samples.signed().document) | {"validUntil": value}

    assert not passes(jsons.dump(document))


def test_a_report_moves_no_cursor_in_a_terminal():
    document = jsons.parse(samples.signed().document)
    document["credentialSubject"]["achievement"]["name"] = "\x9b2J\u202eevil\u2066"

    shown = str(verify(jsons.dump(document)))

    assert "2Jevil" in shown and not {"\x9b", "\u202e", "\u2066"} & set(shown)
