"""Compare what a learner typed with what is right: case, spacing and quotation marks forgiven."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from cards import clozes, render
from cards.models import Card

LONGEST = 2_000  # characters of an answer
_OUTPUT = re.compile(r"^(`{3,})\w* *output *\n(.*?)^\1 *$", re.MULTILINE | re.DOTALL)
_QUOTES = re.compile("[‘’“”\"`']")
_LOOSE = re.compile(r" ?([^\w ]) ?")  # `[1,2]` is `[1, 2]`, but `1 2` is not `12`
_WORD = re.compile(f"{clozes.OPEN}(.*?){clozes.CLOSE}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the comparison: what agrees, what is missing, what should not be there."""

    kind: Literal["same", "missing", "extra"]
    text: str


def expected(card: Card) -> tuple[str, ...]:
    """The texts that are right for a card; none when only a person can judge its answer.

    The output of a program, the words of a cloze, the exception a program ends with, and the
    answers that their author marked as typed can be compared.
    """
    fields = card.note.fields
    accept = tuple(fields.get("accept") or ())
    if card.note.kind == "cloze":
        return (*_words(fields.get("cloze") or "", card.variant), *accept)
    if fields.get("raises"):
        return (fields["raises"], *accept)
    output = _OUTPUT.search(fields.get("answer") or "")
    if output and card.variant == "q":
        return (output[2].rstrip("\n"), *accept)
    return (render.plain(card.answer_html), *accept) if fields.get("typed") else ()


def right(typed: str, texts: tuple[str, ...]) -> bool:
    """Whether what was typed is one of these texts."""
    return bool(forgiven(typed)) and forgiven(typed) in map(forgiven, texts)


def forgiven(text: str) -> str:
    """A text as it is compared: without case, kinds of quotation marks, and spacing that does not
    part two words.
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    return _LOOSE.sub(r"\1", " ".join(_QUOTES.sub("'", folded).split()))


def difference(typed: str, text: str) -> list[Part]:
    """How what was typed differs from a text, letter by letter."""
    typed, text = typed[:LONGEST].strip(), text[:LONGEST].strip()
    parts: list[Part] = []
    for kind, a, b, c, d in SequenceMatcher(None, typed, text, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(Part("same", text[c:d]))
            continue
        parts += [Part("extra", typed[a:b])] * (b > a) + [Part("missing", text[c:d])] * (d > c)
    return parts


def is_near(parts: Sequence[Part]) -> bool:
    """Whether a difference is worth showing: at least half of the letters agree."""
    same = sum(len(part.text) for part in parts if part.kind == "same")
    return 2 * same >= sum(len(part.text) for part in parts)


def _words(cloze: str, variant: str) -> tuple[str, ...]:
    """What the gaps of a variant hide, as written and as shown: `**kwargs` may be code or bold."""
    marked, _ = clozes.mark(cloze, variant, hidden=False)
    found = [word.replace(clozes.OPEN, "").replace(clozes.CLOSE, "") for word in _gaps(marked)]
    shown = [render.plain(render.text(word)) for word in found]
    return tuple(dict.fromkeys((" ".join(found), " ".join(shown))))


def _gaps(marked: str) -> list[str]:
    return _WORD.findall(marked)
