"""JSON as credentials need it: written one way only, and read with suspicion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tracker.errors import Refused

MOST_BYTES = 10_000_000
DEEPEST = 20
MOST_OBJECTS = 8_000
LONGEST_LIST = 1_000

# As text these may stand in a page, in CDATA, and in a picture that a reader takes for Latin-1.
ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
# PyLD writes these into the text to be signed in another way than RDFC-1.0 has it, so that what
# it signs is valid in Python only; tab and the ends of lines it writes well.
CONTROLS = {code: None for code in (*range(32), 127) if chr(code) not in "\t\n\r"}


def clean(text: str) -> str:
    """The text without control characters. Refused: half of a surrogate pair."""
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refused("There is half a character in the text: please type it again.")
    return text.translate(CONTROLS)


def dump(document: dict[str, Any]) -> bytes:
    """ASCII without spaces, `<`, `>` and `&` escaped: the same document, the same bytes."""
    return json.dumps(document, separators=(",", ":")).translate(ESCAPES).encode("ascii")


def parse(data: bytes | str) -> dict[str, Any]:
    """The object in `data`. Refused: no JSON, a member named twice, too large or too deep."""
    if len(data) > MOST_BYTES:
        raise Refused(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    try:
        found = json.loads(data, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("This is not whole JSON: the file is damaged or cut off.") from None
    if not isinstance(found, dict):
        raise Refused("This is JSON, but not a credential.")
    measure(found)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("A member stands twice in this JSON, so it can be read in two ways.")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(name)


def measure(document: dict[str, Any]) -> None:
    """Refused: more objects or depth than any real credential has, which could take hours."""
    count = 0
    for value, depth in _walk(document):
        count += isinstance(value, dict)
        if count > MOST_OBJECTS or depth > DEEPEST:
            raise Refused("This JSON is larger or deeper than any certificate.")
        if isinstance(value, list) and len(value) > LONGEST_LIST:
            raise Refused("A list in this JSON is longer than any certificate has.")


def _walk(document: dict[str, Any]) -> Iterator[tuple[Any, int]]:
    waiting: list[tuple[Any, int]] = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        below = value.values() if isinstance(value, dict) else value
        if isinstance(value, dict | list):
            waiting.extend((one, depth + 1) for one in below)
