"""Program text to HTML: spans with Pygments' short class names, and nothing else."""

import html
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType
from pygments.util import ClassNotFound

from cards.clozes import FIRST_GAP, MARK

LONGEST = 4_000  # characters; longer programs are shown plain
CLASSES = frozenset(STANDARD_TYPES.values()) - {"", "w"}

# Pygments' lexers can take time that grows with the square of the text or faster. So programs have
# to be short, and strangers choose among these languages only; all else is shown plain.
LANGUAGES = frozenset(
    "bash c cfg console cpp cs css cython diff docker dockerfile go html http ini java javascript "
    "jinja js json jsx kotlin lua make makefile md markdown nginx perl php py pycon pytb "
    "python python3 r rb rst ruby rust scala sh shell sql sqlite3 swift tex toml ts tsx "
    "typescript xml yaml yml zsh".split()
)


def code(source: str, language: str) -> str:
    """The inside of a `<code>` element; marks of clozes in `source` come out between the spans."""
    lexer = _lexer(language.lower()) if len(source) <= LONGEST else None
    if lexer is None:
        return html.escape(source, quote=False)
    clean, marks = _without_marks(source)
    tokens = list(lexer.get_tokens(clean))
    if "".join(text for _, text in tokens) != clean:  # some lexers lose an unfinished last line
        return html.escape(source, quote=False)
    pieces = _pieces(tokens, marks)
    runs = groupby(pieces, key=lambda piece: piece[0] and _class(piece[0]))
    return "".join(_span(name, "".join(text for _, text in run)) for name, run in runs)


@lru_cache(maxsize=128)
def _lexer(language: str) -> Lexer | None:
    if language not in LANGUAGES:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _without_marks(source: str) -> tuple[str, deque[tuple[int, int, str]]]:
    # A gap is read as a name of one letter, so that the program around it stays a program.
    clean: list[str] = []
    marks: deque[tuple[int, int, str]] = deque()
    for char in source:
        if MARK.match(char):
            width = int(ord(char) >= FIRST_GAP)
            marks.append((len(clean), width, char))
            clean.extend("x" * width)
        else:
            clean.append(char)
    return "".join(clean), marks


def _pieces(
    tokens: Iterable[tuple[_TokenType, str]], marks: deque[tuple[int, int, str]]
) -> Iterator[tuple[_TokenType | None, str]]:
    at = 0
    for kind, value in tokens:
        end = at + len(value)
        while marks and marks[0][0] < end:
            place, width, char = marks.popleft()
            yield kind, value[: place - at]
            yield None, char
            value = value[place - at + width :]
            at = place + width
        yield kind, value
        at = end
    for _, _, char in marks:
        yield None, char


def _span(name: str | None, text: str) -> str:
    escaped = html.escape(text, quote=False)
    return f'<span class="{name}">{escaped}</span>' if name in CLASSES and text else escaped


@lru_cache(maxsize=1024)
def _class(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    return str(STANDARD_TYPES.get(kind, ""))
