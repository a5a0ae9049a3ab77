"""Words of a text, for the lint rules: what counts as one, and which carry no meaning."""

from __future__ import annotations

import re

from tracker.content import markdown
from tracker.content.shapes import HOLE, NoteText

_STOP = """
a about after all also an and any are as at be because been before being between both but by can
could did do does down during each else every few for from had has have having he her here him his
how i if in into is it its itself just least less many may me might more most much must my neither
never no nor not nothing now of off on once one only onto or other our out over own same she should
so some such than that the their them then there these they this those through to too under until
up upon us very was we were what when where whether which while who whom whose why will with within
without would you your
"""
STOP = frozenset(_STOP.split())
_WORD = re.compile(r"[^\W_](?:[\w'’.-]*[^\W])?|_\w+")
_CODE = re.compile(r"\w+|[^\w\s]")


def words(text: str) -> list[str]:
    """The words of a text in small letters."""
    return [word.casefold() for word in _WORD.findall(text)]


def content(text: str) -> set[str]:
    """The words that carry meaning: no stop words, no single letters, no plain numbers."""
    return {
        word.strip("_")
        for word in words(text)
        if word not in STOP and len(word) > 1 and not word.replace(".", "").isdigit()
    }


def shown(cloze: str, without: str = "") -> str:
    """A cloze text with every hole filled in but those of the number `without`."""
    return HOLE.sub(lambda hole: "" if hole[1] == without else hidden(hole[2]), cloze)


def hidden(hole: str) -> str:
    """The words of a hole without its hint; `::` within brackets belongs to code."""
    return hole if "[" in hole.split("::")[0] else hole.split("::")[0]


def front(note: NoteText) -> str:
    """What the learner is shown: the question, or the whole cloze sentence."""
    return note.question or shown(note.cloze)


def code_lines(text: str) -> set[str]:
    """The lines of all fenced blocks, without indentation and blank ones."""
    code = "".join(fence.code for fence in markdown.fences(text))
    return {" ".join(_CODE.findall(line)) for line in code.split("\n") if line.strip()}


def overlap(one: set[str], other: set[str]) -> float:
    """Shared words over all words, from 0 to 1; two empty sets are equal."""
    return len(one & other) / len(one | other) if one or other else 1.0
