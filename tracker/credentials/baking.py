"""A credential inside a picture: one `iTXt` chunk of a PNG, one element of an SVG.

Open Badges 3.0, section 5.3 (baked badges). Pictures to be read come from strangers: they are
scanned for exactly what the standard says, with limits, and no XML parser ever sees them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from html import escape, unescape
from typing import NamedTuple

from tracker.errors import Refused

MOST = 10 * 1024 * 1024  # bytes of a file that is read
MOST_CHUNKS = 20_000
SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
PREAMBLE = KEYWORD + b"\0" + b"\0\0" + b"\0" + b"\0"  # not compressed, no language, not translated
NAMESPACE = 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'

# Possessive throughout, so that no input makes them slow.
PROLOGUE = re.compile(r"(?:\s++|<\?(?:(?!\?>).)*+\?>|<!--(?:(?!-->).)*+-->)*+", re.DOTALL)
ATTRIBUTE = r"""\s++[\w:.-]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')"""
ROOT = re.compile(rf"<svg((?:{ATTRIBUTE})*+)\s*+>")
OPENING = re.compile(rf"\s*+<openbadges:credential((?:{ATTRIBUTE})*+)\s*+(/?)>\s*+")
VERIFY = re.compile(r"""\sverify\s*+=\s*+["']([^"'<]*+)["']""")
CLOSING = re.compile(r"\s*+</openbadges:credential\s*+>")
MARK = "<openbadges:credential"


class Chunk(NamedTuple):
    """A chunk of a PNG and where it begins."""

    kind: bytes
    body: bytes
    start: int


def bake_png(png: bytes, text: str) -> bytes:
    """The picture with the credential (JSON or compact token) before its first `IDAT`.

    Every other byte stays as it is. Refuses a picture that holds a credential already.
    """
    chunks = list(_chunks(png))
    if any(_is_ours(chunk) for chunk in chunks):
        raise Refused("This picture already holds a credential.")
    at = next((chunk.start for chunk in chunks if chunk.kind == b"IDAT"), None)
    if at is None:
        raise Refused("This PNG holds no picture.")
    return png[:at] + _chunk(b"iTXt", PREAMBLE + text.encode()) + png[at:]


def read_png(data: bytes) -> str:
    """The credential inside a PNG as it stands there; Refused for anything but exactly one."""
    found = [chunk.body for chunk in _chunks(data) if _is_ours(chunk)]
    if not found:
        raise Refused(
            "This picture holds no credential. Photo albums and social networks remove it: "
            "use the file as it was downloaded."
        )
    if len(found) > 1:
        raise Refused("This picture holds more than one credential.")
    if not found[0].startswith(PREAMBLE[: len(KEYWORD) + 3]):
        raise Refused("The credential in this picture is compressed, which Open Badges forbid.")
    parts = found[0][len(KEYWORD) + 3 :].split(b"\0", 2)  # language, translated keyword, text
    if len(parts) < 3:
        raise Refused("The credential in this picture is cut off.")
    return _decoded(parts[2])


def bake_svg(svg: str, text: str) -> str:
    """The drawing with the credential (JSON or compact token) right after its first tag."""
    root = _root(svg)
    if MARK in svg or NAMESPACE in root.group():
        raise Refused("This picture already holds a credential.")
    if text.startswith("{"):
        if "]]>" in text:
            raise Refused("This credential cannot stand in an SVG.")
        element = f"{MARK}><![CDATA[{text}]]></openbadges:credential>"
    else:
        element = f'{MARK} verify="{escape(text)}"></openbadges:credential>'
    tag = f"<svg {NAMESPACE}{root.group(1)}>"
    return svg[: root.start()] + tag + element + svg[root.end() :]


def read_svg(data: bytes) -> str:
    """The credential inside an SVG as it stands there; Refused for anything but exactly one."""
    svg = _decoded(_limited(data)).removeprefix("\ufeff")
    root = _root(svg)
    opening = OPENING.match(svg, root.end())
    if opening is None or NAMESPACE not in root.group().replace("'", '"'):
        raise Refused("This picture holds no credential of Open Badges 3.0.")
    if svg.count(MARK) > 1:
        raise Refused("This picture holds more than one credential.")
    verify = VERIFY.search(opening.group(1))
    return unescape(verify.group(1)) if verify else _cdata(svg, opening)


def _cdata(svg: str, opening: re.Match[str]) -> str:
    start = opening.end() + len("<![CDATA[")
    end = svg.find("]]>", start)
    whole = svg.startswith("<![CDATA[", opening.end()) and end > 0 and not opening.group(2)
    if not whole or not CLOSING.match(svg, end + 3):
        raise Refused("The credential in this picture is cut off or written in an unknown way.")
    return svg[start:end]


def _root(svg: str) -> re.Match[str]:
    if "<!DOCTYPE" in svg or "<!ENTITY" in svg:
        raise Refused("This SVG declares entities, which could hide what it holds.")
    prologue = PROLOGUE.match(svg)
    root = ROOT.match(svg, prologue.end() if prologue else 0)
    if root is None:
        raise Refused("This is not a whole SVG picture.")
    return root


def _limited(data: bytes) -> bytes:
    if len(data) > MOST:
        raise Refused("This file is larger than 10 MB.")
    return data


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Refused("The text in this picture is not UTF-8.") from None


def _is_ours(chunk: Chunk) -> bool:
    return chunk.kind == b"iTXt" and chunk.body.startswith(KEYWORD + b"\0")


def _chunk(kind: bytes, body: bytes) -> bytes:
    total = zlib.crc32(kind + body)
    return len(body).to_bytes(4, "big") + kind + body + total.to_bytes(4, "big")


def _chunks(data: bytes) -> Iterator[Chunk]:
    """Every chunk from `IHDR` to `IEND`, each whole and with the right checksum."""
    if not _limited(data).startswith(SIGNATURE):
        raise Refused("This is not a PNG picture.")
    at, kind, count = len(SIGNATURE), b"", 0
    while kind != b"IEND":
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if len(body) < length or data[at : at + 12 + length] != _chunk(kind, body):
            raise Refused("This PNG is cut off or damaged.")
        if (kind == b"IHDR") != (at == len(SIGNATURE)):
            raise Refused("This PNG does not begin as one should.")
        if (count := count + 1) > MOST_CHUNKS:
            raise Refused("This PNG has too many parts.")
        yield Chunk(kind, body, at)
        at += 12 + length
    if at != len(data):
        raise Refused("This PNG has something behind its end.")
