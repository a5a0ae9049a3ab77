from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import pikepdf
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.tracker.credentials import samples
from tests.tracker.credentials.samples import achievement, claim, signed
from tracker.credentials import attachments, pdf, typesetting
from tracker.credentials.claims import Claim, Member
from tracker.errors import Refused

URL = "https://learn.example.org/c/73a62097-42ff-4db5-ab67-76a8903f5e54"
WEB: Any = {"issuer_name": "Ada\u2019s Server", "did": "did:web:learn.example.org", "vouched": True}
KEY = {"did": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "vouched": False}


def make(made: Claim | None = None, **changes: Any) -> bytes:
    return pdf.make(made or claim(), signed(), public_url=URL, **WEB | changes)


@cache
def certificate() -> bytes:
    return make()


def text(data: bytes) -> str:
    """What can be selected, on one line and without places to part words at."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def test_it_says_that_it_is_archival_and_accessible() -> None:
    with pikepdf.open(io.BytesIO(certificate())) as opened, opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Certificate of Ada Lovelace: Python generators"
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang).startswith("en")


def test_nothing_is_written_that_is_not_both() -> None:
    words, files = pdf.contents(claim(), signed(), public_url=URL, **WEB)

    assert typesetting.STANDARDS == ["a-3a", "ua-1"]
    with pytest.raises(Exception, match="PDF/UA-1 error: .* alt"):
        typesetting.pdf(pdf.TEMPLATE, words | {"plant": ""}, files)


def test_the_signed_bytes_are_attached_as_they_are() -> None:
    with pikepdf.open(io.BytesIO(certificate())) as opened:
        (name,) = opened.attachments
        spec = opened.attachments[name]
        file = spec.get_file()
        assert name == "credential.json"
        assert file.read_bytes() == signed().document
        assert file.mime_type == "application/ld+json"
        assert spec.relationship == pikepdf.Name.Data
        assert "signed credential" in spec.description
        assert list(opened.Root.AF) == [spec.obj]


def test_the_attachment_is_read_back() -> None:
    assert pdf.read(certificate()) == signed().document


def test_the_code_holds_the_address_and_the_fingerprint() -> None:
    digest = base64.b64encode(hashlib.sha256(signed().document).digest()).decode()

    words, files = pdf.contents(claim(), signed(), public_url=URL, **WEB)
    first, _ = typesetting.pictures(pdf.TEMPLATE, words, files, scale=2)

    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(first)))
    assert code.text == f"{URL}#sha256-{digest}"
    assert code.extra["ECLevel"] == "M"


NAMES = "Ada Lovelace|欧阳小明|김민준|Nguyễn Thị Ánh|Łukasz Żółć|Ελένη|สมชาย|e\u0301\u0327o\u0308"


@pytest.mark.parametrize("name", NAMES.split("|"))
def test_a_name_can_be_selected(name: str) -> None:
    assert f"{typesetting.plain(name)} has learnt" in text(make(claim(name=name)))


@pytest.mark.parametrize("name", ["محمد بن عبد الله الخوارزمي", "דוד בן־גוריון"])
def test_the_words_of_a_name_from_the_right_can_be_selected(name: str) -> None:
    """The reader used here gives the words in the order in which they stand from the left."""
    found = text(make(claim(name=name)))

    assert all(word in found or word[::-1] in found for word in name.split())


def test_joined_letters_carry_what_they_stand_for() -> None:
    with pikepdf.open(io.BytesIO(make(claim(name="क्षितिज")))) as opened:
        drawn = opened.pages[0].Contents.read_bytes()

    first = "क्षि".encode("utf-16-be").hex().upper().encode()
    assert b"/ActualText<FEFF" + first + b">" in drawn


def test_the_certificate_says_what_it_rests_on_and_what_not() -> None:
    found = text(certificate())

    for words in (
        "Python generators", "23 November 2026", "22 May 2027", "without further practice",
        "Ada\u2019s Server", "vouched for by learn.example.org", URL, str(claim().id),
        pdf.fingerprint(signed().document), "612 reviews on 87 days",
        "Closing check 90 % at least 80 %",
        "nobody else does", "the learner judged", "did:web:learn.example.org",
    ):  # fmt: skip
        assert words in found


def test_a_reader_hears_each_date_with_what_it_means() -> None:
    found = text(certificate())

    assert "Awarded 23 November 2026 Expected to hold until about 22 May 2027 without" in found


def test_without_a_domain_it_says_that_nobody_vouches() -> None:
    found = text(make(**KEY))

    assert "self-signed by this installation; no domain vouches for it" in found
    assert "vouched for by" not in found
    assert KEY["did"] in found


def test_without_a_name_it_belongs_to_its_holder() -> None:
    assert "The holder of this document has learnt" in text(make(claim(name="")))


@pytest.mark.parametrize("count", [1, 8, 89])
def test_a_path_lists_its_skills(count: int) -> None:
    members = tuple(
        Member(UUID(int=i), f"Skill number {i}", samples.DIGEST) for i in range(1, count + 1)
    )

    found = text(make(claim(members=members)))

    assert all(f"{i} Skill number {i}" in found for i in range(1, count + 1))


HOSTILE = '#panic("x") $x$ *bold* \\u{41} <b> `raw` @ref // /* {{ }} %s = #read("/etc/hosts")'


def test_words_stay_words() -> None:
    skill = achievement(name=HOSTILE[40:])
    made = claim(name=HOSTILE[:60], achievement=skill, evidence=HOSTILE)

    found = text(make(made, issuer_name=HOSTILE[::-1]))

    for words in (HOSTILE[:60], HOSTILE[40:], HOSTILE, HOSTILE[::-1]):
        assert words.replace(" ", "") in found.replace(" ", "")


ODD = [
    "a\x00\x1b\x7fb",
    "\u202eevil",
    "A" * 100,
    "\u0301" * 50,
    "\U0001f331",
    "\u3000",
    "\ud800",
    "\ufffe",
]


@pytest.mark.parametrize("name", ODD)
def test_no_name_stops_the_certificate(name: str) -> None:
    data = make(claim(name=name))

    assert len(PdfReader(io.BytesIO(data)).pages) == 2


def test_a_character_without_a_font_is_explained() -> None:
    found = text(make(claim(name="Ada \U0001f331")))

    assert "Ada \u3013" in found
    assert "stands for a character that the fonts of this document do not have" in found
    assert "stands for a character" not in text(certificate())


def test_long_names_and_titles_stay_on_the_first_page() -> None:
    skill = achievement(name="Reading and writing files, " * 4)

    made = make(claim(name="Wilhelmina " * 9, achievement=skill))

    first, _ = PdfReader(io.BytesIO(made)).pages

    assert pdf.fingerprint(signed().document) in first.extract_text()


def test_the_same_certificate_is_the_same_bytes() -> None:
    assert make() == certificate()
    assert make(claim(name="Grace Hopper")) != certificate()


def test_the_date_inside_is_that_of_the_signature() -> None:
    renewed = claim(valid_from=datetime(2027, 1, 5, 8, 0, tzinfo=UTC))

    created = PdfReader(io.BytesIO(make(renewed))).metadata.creation_date

    assert created.astimezone(UTC).date() == renewed.valid_from.date()


@pytest.mark.parametrize(
    ("value", "kind", "least", "most", "said"),
    [
        ("0.934", "PredictedScore", "0", "1", "93.4 %"),
        ("1", "PredictedScore", "0", "1", "100 %"),
        ("93", "Percent", "0", "100", "93 %"),
        ("612", "RawScore", None, None, "612"),
        ("passed", "Status", None, None, "passed"),
        ("nan", "RawScore", None, None, "nan"),
        ("nan", "PredictedScore", "0", "1", "nan"),
    ],
)
def test_a_share_is_said_as_a_percentage(
    value: str, kind: str, least: str | None, most: str | None, said: str
) -> None:
    figure = dataclasses.replace(
        claim().figures[0], value=value, type=kind, least=least, most=most, required=None
    )

    assert f"Predicted recall at issue {said}" in text(make(claim(figures=(figure,))))


def attached(*files: tuple[str, bytes], password: str | None = None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for name, content in files:
        writer.add_attachment(name, content)
    if password is not None:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def packed(content: bytes) -> bytes:
    with pikepdf.new() as made:
        made.add_blank_page()
        made.attachments["credential.json"] = pikepdf.AttachedFileSpec(made, content)
        out = io.BytesIO()
        made.save(out, compress_streams=True)
    return out.getvalue()


def test_a_pdf_of_others_is_read() -> None:
    assert pdf.read(attached(("badge.json", b'{"a":1}'))) == b'{"a":1}'
    assert pdf.read(attached(("x.json", b"{}"), ("credential.json", b"{1}"))) == b"{1}"


BAD = {
    "nothing": (b"", "not a PDF"),
    "text": (b"hello", "not a PDF"),
    "a beginning": (b"%PDF-1.7\n", "damaged"),
    "no attachment": (attached(), "No credential is attached"),
    "another attachment": (attached(("a.txt", b"{}")), "No credential is attached"),
    "two": (attached(("a.json", b"{1}"), ("b.json", b"{2}")), "More than one"),
    "locked": (attached(("credential.json", b"{}"), password="secret"), "locked"),
    "too large": (b"%PDF-1.7" + b" " * attachments.MOST, "larger than 10 MB"),
    "too large inside": (packed(b" " * 11_000_000), "damaged"),
    "far too large inside": (packed(b" " * 300_000_000), "damaged"),
    "deep": (b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000, "damaged"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_a_bad_pdf_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        pdf.read(data)


def test_a_pdf_that_is_cut_off_is_refused() -> None:
    for share in (0.1, 0.5, 0.97):
        with pytest.raises(Refused):
            pdf.read(certificate()[: int(len(certificate()) * share)])
