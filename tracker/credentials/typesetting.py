"""Pages and pictures set by typst, in the fonts that come with Perennial and in no others.

So they are the same, byte for byte, on every machine. Words reach a template as JSON and stay
words, whatever they hold.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from tracker.errors import Refused

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
# In the order in which they are asked for a character.
FAMILIES = (
    "Source Serif 4",
    "Noto Serif SC",
    "NanumMyeongjo",
    "Amiri",
    "Noto Serif Hebrew",
    "Noto Serif Devanagari",
    "Noto Serif Bengali",
    "Noto Sans Tamil",
    "Noto Sans Thai",
)
MISSING = "\u3013"  # what Chinese and Japanese printers set for a character they do not have
# Marks that nobody sees and that could turn a line around; joiners belong to the words.
JOINERS = "\u200c\u200d"
HIDDEN = re.compile(
    "[\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)
UNKNOWN = ("Cn", "Co", "Cs")  # not assigned, private, half a pair: no font may set them
LONG_WORD = re.compile(r"\S{25,}")

PROBE = b"""#set text(font: json(bytes(sys.inputs.families)))
#set document(title: "Words")
#for words in json(bytes(sys.inputs.words)) [#words #parbreak()]"""
NOT_SHOWN = re.compile(r'the text `"(.*?)"` could not be displayed')
STANDARDS = ["a-3a", "ua-1"]


def plain(text: str) -> str:
    """`text` on one line, composed, without control characters and without hidden marks."""
    line = HIDDEN.sub("", unicodedata.normalize("NFC", " ".join(text.split())))
    return "".join(map(_known, line))


def _known(char: str) -> str:
    kind = unicodedata.category(char)
    return "" if kind == "Cc" else MISSING if kind in UNKNOWN else char


def day(when: datetime) -> str:
    """1 November 2026: the day in UTC, without a zero in front."""
    return f"{when.day} {when:%B} {when.year}"


def from_the_right(text: str) -> bool:
    """Whether the first letter that has a direction is of a script written from the right."""
    ways = (unicodedata.bidirectional(char) for char in text)
    return next((way != "L" for way in ways if way in ("L", "R", "AL")), False)


def partable(text: str) -> str:
    """Words of 25 letters and more with places at which a line may end, every 12 letters."""
    return LONG_WORD.sub(lambda word: _parted(word.group()), text)


def _parted(word: str) -> str:
    out, run = [], 0
    for char in word:
        wide = unicodedata.east_asian_width(char) in "WF"
        joined = unicodedata.combining(char) or unicodedata.category(char) in ("Mc", "Mn", "Cf")
        run = 0 if wide else run + 1
        if run > 12 and not joined:
            out.append("\u200b")
            run = 1
        out.append(char)
    return "".join(out)


def directed(text: str) -> dict[str, Any]:
    """For a template: words that may be long or written from the right."""
    return {"text": partable(plain(text)), "rtl": from_the_right(text)}


def printable(words: Any) -> Any:
    """Lists and dicts of texts with `MISSING` wherever no font has a character.

    Asks typst itself, which names what it cannot show when it writes PDF/A.
    """
    words = _each(plain, words)
    for _ in range(3):
        missing = _missing(list(_texts(words)))
        if not missing:
            return words
        table = str.maketrans(dict.fromkeys(missing, MISSING) | dict.fromkeys(JOINERS, ""))
        words = _each(partial(_swap, table), words)
    raise Refused("This holds characters that no font of ours can show: choose another spelling.")


def _swap(table: dict[int, str], text: str) -> str:
    return text.translate(table)


def _each(change: Callable[[str], str], words: Any) -> Any:
    if isinstance(words, dict):
        return {key: _each(change, value) for key, value in words.items()}
    if isinstance(words, list):
        return [_each(change, value) for value in words]
    return change(words) if isinstance(words, str) else words


def _texts(words: Any) -> Iterator[str]:
    if isinstance(words, dict | list):
        for value in words.values() if isinstance(words, dict) else words:
            yield from _texts(value)
    elif isinstance(words, str):
        yield words


def _missing(texts: list[str]) -> set[str]:
    engine = _engine()
    inputs = {"words": json.dumps(texts), "families": json.dumps(FAMILIES)}
    try:
        engine.compile(PROBE, format="pdf", **_fonts(), sys_inputs=inputs, pdf_standards=STANDARDS)
    except engine.TypstError as error:
        found = set("".join(NOT_SHOWN.findall(error.diagnostic)))
        if not found:
            raise
        return found
    return set()


def pdf(template: str, words: Mapping[str, Any], files: Mapping[str, str]) -> bytes:
    """The template as PDF/A-3a and PDF/UA-1 at once; typst writes nothing that is not both.

    `files` are texts that are drawn or attached as they are. The only date inside the PDF is the
    one that the template gives it, so the same arguments give the same bytes.
    """
    return bytes(_compile(template, words, files, format="pdf", pdf_standards=STANDARDS))


def pictures(
    template: str, words: Mapping[str, Any], files: Mapping[str, str], scale: float = 1
) -> list[bytes]:
    """The pages of the template as PNG, `scale` pixels a point."""
    made = _compile(template, words, files, format="png", ppi=72 * scale)
    return [made] if isinstance(made, bytes) else made


def _compile(template: str, words: Mapping[str, Any], files: Mapping[str, str], **how: Any) -> Any:
    inputs = {"words": json.dumps({**printable(words), "families": FAMILIES})}
    source = (HERE / template).read_bytes()
    inputs |= files
    return _engine().compile(source, root=str(HERE), **_fonts(), sys_inputs=inputs, **how)


def _engine() -> Any:
    try:
        import typst
    except ImportError:
        raise Refused(
            "PDF and PNG are set by typst, which is not installed here; "
            "the other forms of the certificate can be had."
        ) from None
    return typst


@cache
def _fonts() -> dict[str, Any]:
    """The fonts of the package and nothing of the machine, read once."""
    fonts = _engine().Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
    absent = set(FAMILIES) - set(fonts.families())
    if absent:
        raise Refused(f"Fonts of certificates are not installed: {', '.join(sorted(absent))}.")
    return {"font_paths": fonts, "ignore_system_fonts": True}
