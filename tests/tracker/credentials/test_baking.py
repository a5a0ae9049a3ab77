from __future__ import annotations

import zlib
from functools import cache
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.credentials.samples import NOW, achievement, signed
from tracker.credentials import baking, images
from tracker.errors import Refused

TEXT = signed().document.decode()
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln"


@cache
def picture() -> bytes:
    return images.png(achievement(), NOW)


@cache
def drawing() -> str:
    return images.svg(achievement(), NOW)


def chunk(kind: bytes, body: bytes) -> bytes:
    total = zlib.crc32(kind + body)
    return len(body).to_bytes(4) + kind + body + total.to_bytes(4)


def with_chunks(*chunks: bytes) -> bytes:
    """The picture with chunks right after its IHDR, which ends at byte 33."""
    return picture()[:33] + b"".join(chunks) + picture()[33:]


def itxt(body: bytes) -> bytes:
    return chunk(b"iTXt", b"openbadgecredential\0" + body)


@pytest.mark.parametrize("text", [TEXT, TOKEN, '{"a":"\\u00e9"}', "x" * 100_000])
def test_what_is_baked_into_a_picture_is_read_back(text: str) -> None:
    assert baking.read_png(baking.bake_png(picture(), text)) == text


@pytest.mark.parametrize("text", [TEXT, TOKEN, '{"a":"\\u003c&"}'])
def test_what_is_baked_into_a_drawing_is_read_back(text: str) -> None:
    assert baking.read_svg(baking.bake_svg(drawing(), text).encode()) == text


def test_the_picture_itself_stays_byte_for_byte() -> None:
    baked = baking.bake_png(picture(), TEXT)

    added = chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + TEXT.encode())
    assert baked.replace(added, b"") == picture()
    assert baked.index(added) < baked.index(b"IDAT")
    assert baked.count(b"openbadgecredential") == 1


def test_a_baked_drawing_is_xml_with_the_credential_as_first_element() -> None:
    root = ElementTree.fromstring(baking.bake_svg(drawing(), TEXT))

    first = next(iter(root))
    assert first.tag == "{https://purl.imsglobal.org/ob/v3p0}credential"
    assert first.text == TEXT


def test_a_token_stands_in_an_attribute() -> None:
    root = ElementTree.fromstring(baking.bake_svg(drawing(), TOKEN))

    assert next(iter(root)).attrib == {"verify": TOKEN}


def test_no_picture_is_baked_twice() -> None:
    with pytest.raises(Refused, match="already"):
        baking.bake_png(baking.bake_png(picture(), TEXT), TEXT)
    with pytest.raises(Refused, match="already"):
        baking.bake_svg(baking.bake_svg(drawing(), TEXT), TEXT)


def test_a_text_that_would_end_its_element_is_not_baked() -> None:
    with pytest.raises(Refused, match="cannot stand"):
        baking.bake_svg(drawing(), '{"a":"]]>"}')


@pytest.mark.parametrize("data", [b"", b"hello", b"GIF89a", b"\x89PNG\n"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="not a PNG"):
        baking.read_png(data)


BAD_CHUNKS = {
    "none of ours": (b"", "no credential"),
    "two of ours": (itxt(b"\0\0\0\0{}") * 2, "more than one"),
    "compressed": (itxt(b"\1\0\0\0" + zlib.compress(b"{}")), "compressed"),
    "no text": (itxt(b"\0\0\0"), "cut off"),
    "not UTF-8": (itxt(b"\0\0\0\0\xff\xfe"), "not UTF-8"),
    "wrong sum": (itxt(b"\0\0\0\0{}")[:-1] + b"!", "damaged"),
    "a length beyond the end": (b"\x7f\xff\xff\xffiTXt", "cut off"),
    "a second beginning": (chunk(b"IHDR", b"\0" * 13), "does not begin"),
    "too many parts": (chunk(b"tEXt", b"") * 20_001, "too many"),
}


@pytest.mark.parametrize(("content", "reason"), BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_a_bad_picture_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        baking.read_png(with_chunks(content))


def test_a_picture_that_ends_early_or_late_is_refused() -> None:
    baked = baking.bake_png(picture(), TEXT)

    with pytest.raises(Refused, match="cut off"):
        baking.read_png(baked[:-1])
    with pytest.raises(Refused, match="cut off"):
        baking.read_png(baking.SIGNATURE)
    with pytest.raises(Refused, match="behind its end"):
        baking.read_png(baked + b"x")


def test_a_picture_without_an_image_is_not_baked() -> None:
    with pytest.raises(Refused, match="no picture"):
        baking.bake_png(picture()[:33] + chunk(b"IEND", b""), TEXT)


OURS = 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
BAD_SVG = {
    "nothing": ("", "not a whole SVG"),
    "text": ("hello", "not a whole SVG"),
    "unfinished": ("<svg", "not a whole SVG"),
    "open comment": ("<!-- <svg>", "not a whole SVG"),
    "no credential": ("<svg></svg>", "no credential"),
    "Open Badges 2": (
        '<svg xmlns:openbadges="http://openbadges.org"><openbadges:assertion/></svg>',
        "no credential",
    ),
    "another namespace": (
        "<svg xmlns:openbadges='x'><openbadges:credential><![CDATA[{}]]>"
        "</openbadges:credential></svg>",
        "no credential",
    ),
    "not at the beginning": (
        f"<svg {OURS}><g/><openbadges:credential><![CDATA[{{}}]]></openbadges:credential></svg>",
        "no credential",
    ),
    "two": (
        f"<svg {OURS}>"
        + "<openbadges:credential><![CDATA[{}]]></openbadges:credential>" * 2
        + "</svg>",
        "more than one",
    ),
    "cut off": (f"<svg {OURS}><openbadges:credential><![CDATA[{{", "cut off"),
    "no CDATA": (
        f"<svg {OURS}><openbadges:credential>{{}}</openbadges:credential></svg>",
        "unknown way",
    ),
    "empty": (f"<svg {OURS}><openbadges:credential/></svg>", "unknown way"),
    "not closed": (f"<svg {OURS}><openbadges:credential><![CDATA[{{}}]]></svg>", "unknown way"),
    "entities": ('<!DOCTYPE svg [<!ENTITY a "b">]><svg></svg>', "entities"),
}


@pytest.mark.parametrize(("svg", "reason"), BAD_SVG.values(), ids=BAD_SVG)
def test_a_bad_drawing_is_refused_with_the_reason(svg: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        baking.read_svg(svg.encode())


def test_a_drawing_of_others_is_read() -> None:
    svg = (
        "\ufeff<?xml version='1.0'?>\n<!-- made by\nsomebody -->\n<svg\n  width = '5'\n  "
        f"{OURS.replace(chr(34), chr(39))}>\n  <openbadges:credential >\n<![CDATA[{{}}]]>\n"
        "</openbadges:credential>\n<g/></svg>"
    )

    assert baking.read_svg(svg.encode()) == "{}"


def test_a_file_beyond_the_limit_is_not_looked_at() -> None:
    large = b" " * (baking.MOST + 1)

    with pytest.raises(Refused, match="larger than 10 MB"):
        baking.read_png(large)
    with pytest.raises(Refused, match="larger than 10 MB"):
        baking.read_svg(large)


HOSTILE = [" " * 1_000_000, "<!--" * 200_000, "<?" * 400_000, "<svg " + "a='" * 300_000]


@pytest.mark.parametrize("svg", [*HOSTILE, "<svg " + "a='' " * 200_000, "<svg" + " " * 1_000_000])
def test_no_drawing_is_slow_to_refuse(svg: str) -> None:
    """The patterns never go back: with ones that do, this test does not end."""
    with pytest.raises(Refused):
        baking.read_svg(svg.encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for reader, start in ((baking.read_png, baking.SIGNATURE), (baking.read_svg, b"<svg ")):
        for content in (data, start + data):
            with pytest.raises(Refused):
                reader(content)


@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_picture_is_read_whole_or_refused(at: int, noise: bytes) -> None:
    baked = baking.bake_png(picture(), TEXT)

    try:
        text = baking.read_png(baked[:at] + noise + baked[at + len(noise) :])
    except Refused:
        return
    assert text == TEXT


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=200))
def test_any_words_come_back_from_a_picture(text: str) -> None:
    assert baking.read_png(baking.bake_png(picture(), text)) == text
