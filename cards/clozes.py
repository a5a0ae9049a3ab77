"""Cloze text: `{{c1::word}}` and `{{c1::word::hint}}`.

The notation is replaced by marks before Markdown reads the text, and the marks by HTML after it,
so a cloze may stand anywhere: in emphasis, in code, in a formula. Marks are single characters of a
plane for private use that no text needs; the question never holds the word it asks for.
"""

import html
import re
from dataclasses import dataclass, field

OPEN, CLOSE = "\U00100000", "\U00100001"
FIRST_GAP = 0x100002
MARK = re.compile("[\U00100000-\U0010ffff]")
DEEPEST = 10  # clozes within clozes

_TOKEN = re.compile(r"\{\{c(?P<number>[0-9]{1,4})::|::|[][{}()]")
_PART = re.compile("(<[^>]*>|[\U00100000-\U0010ffff])")
_NAME = re.compile(r"[a-z0-9]+")
_ALONE = {"br", "hr", "img"}
_INLINE = {"a", "code", "em", "img", "math", "span", "strong"}


@dataclass(slots=True)
class _Cloze:
    """A cloze being read: its opening as written, its word, its hint once `::` was met."""

    opening: str
    name: str
    word: list[str] = field(default_factory=list)
    hint: list[str] | None = None
    braces: int = 0
    brackets: int = 0

    def add(self, text: str) -> None:
        (self.word if self.hint is None else self.hint).append(text)

    def count(self, bracket: str) -> None:
        # Brackets of code within a cloze are its own: `{{c1::{1: x[::2]}}}` has no hint.
        self.braces = max(0, self.braces + (bracket == "{") - (bracket == "}"))
        self.brackets = max(0, self.brackets + (bracket in "([") - (bracket in ")]"))


def mark(text: str, variant: str, hidden: bool) -> tuple[str, list[str]]:
    """The text with its clozes replaced, and the hints ("" for none) of the gaps in it.

    The clozes of `variant` (such as "c1") become a gap when `hidden`, else their word between
    OPEN and CLOSE; others become their word. What never closes stays as it is written.
    """
    hints: list[str] = []
    around = [_Cloze("", "")]
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() < position:  # the second brace of a pair that closed a cloze
            continue
        here, inside = around[-1], len(around) > 1
        here.add(text[position : token.start()])
        position = token.end()
        if token["number"] and len(around) <= DEEPEST:
            around.append(_Cloze(token[0], f"c{int(token['number'])}"))
        elif inside and not here.braces and text.startswith("}}", token.start()):
            position += 1
            around.pop()
            around[-1].add(_shown(here, variant, hidden, hints))
        elif inside and token[0] == "::" and here.hint is None and not here.brackets:
            here.hint = []
        else:
            here.count(token[0])
            here.add(token[0])
    around[-1].add(text[position:])
    while len(around) > 1:
        unclosed = around.pop()
        hint = "" if unclosed.hint is None else "::" + "".join(unclosed.hint)
        around[-1].add(unclosed.opening + "".join(unclosed.word) + hint)
    return "".join(around[0].word), hints


def _shown(cloze: _Cloze, variant: str, hidden: bool, hints: list[str]) -> str:
    if cloze.name != variant:
        return "".join(cloze.word)
    if not hidden:
        return OPEN + "".join(cloze.word) + CLOSE
    hints.append("".join(cloze.hint or []).strip())
    return chr(FIRST_GAP + len(hints) - 1)


def weave(rendered: str, hints: list[str]) -> str:
    """HTML with its marks replaced: gaps by `[…]` or `[hint]`, words wrapped, both in spans.

    Spans nest properly with the tags around them, whichever the author interleaved.
    """
    weaver = _Weaver(hints)
    for part in _PART.split(rendered):
        weaver.add(part)
    return "".join(weaver.out)


@dataclass(slots=True)
class _Weaver:
    hints: list[str]
    out: list[str] = field(default_factory=list)
    wanted: int = 0  # marks OPEN without their CLOSE
    opened: bool = False  # whether a span for a word is open
    depth: int = 0  # tags open within that span
    formula: bool = False

    def add(self, part: str) -> None:
        if part == OPEN:
            self.wanted += 1
        elif part == CLOSE:
            self.wanted = max(0, self.wanted - 1)
            self.close()
        elif MARK.match(part):
            gap = self.gap(part)
            self.out.append(gap if self.formula else f'<span class="cloze-gap">{gap}</span>')
        elif part.startswith("<"):
            self.tag(MARK.sub(lambda found: self.gap(found[0]), part))
        else:
            if part.strip():
                self.open()
            self.out.append(part)

    def gap(self, char: str) -> str:
        number = ord(char) - FIRST_GAP
        hint = self.hints[number] if 0 <= number < len(self.hints) else ""
        return f"[{html.escape(hint) or '…'}]" if number >= 0 else ""

    def tag(self, tag: str) -> None:
        found = _NAME.search(tag)
        name = found[0] if found else ""
        ending = tag.startswith("</")
        if name in _INLINE and not ending:
            self.open()
        elif self.opened and not self.depth and name not in _ALONE:
            self.end()  # the span would straddle this tag: it goes on behind it
        if name not in _ALONE:
            self.depth += -1 if ending else 1
        self.formula = (name != "math" or not ending) and (self.formula or name == "math")
        self.out.append(tag)
        self.close()

    def open(self) -> None:
        if self.wanted and not self.opened:
            self.out.append('<span class="cloze-word">')
            self.opened, self.depth = True, 0

    def close(self) -> None:
        if self.opened and not self.wanted and self.depth <= 0:
            self.end()

    def end(self) -> None:
        self.out.append("</span>")
        self.opened = False
