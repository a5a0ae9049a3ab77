"""What of a document is signed: its RDF in the canonical form RDFC-1.0.

A signature covers what the members *mean* (RDF), while people read the JSON. So a document is
refused whenever the two could differ: a member that no context defines, an alias, an empty list,
one id on two different things. JavaScript verifiers ("safe mode") refuse most of the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from threading import Lock
from typing import Any

from pyld import jsonld
from pyld.canon import URDNA2015

from tracker.credentials import contexts, jsons
from tracker.errors import Refused

# PyLD is not thread-safe: two threads in it at once fail, or worse.
LOCK = Lock()
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")
UNSIGNED = "This document has a part that its signature does not cover"


class _Bounded(URDNA2015):  # type: ignore[misc]
    """Gives up on a graph made to take for ever; a certificate never comes near the limits."""

    steps = 0

    def create_hash_to_related(self, id_: str, issuer: Any) -> dict[str, list[str]]:
        """Count every step of the costly part, whose work grows with the factorial of a group."""
        groups: dict[str, list[str]] = super().create_hash_to_related(id_, issuer)
        self.steps += 1
        if self.steps > 200 or any(len(group) > 5 for group in groups.values()):
            raise Refused("This document would take too long to check; no certificate does.")
        return groups


class _Strict(jsonld.JsonLdProcessor):  # type: ignore[misc]
    """Expands a document once, and refuses what would be left out of the RDF in silence."""

    def __init__(self) -> None:
        super().__init__(on_property_dropped=_dropped)

    def expand(self, input_: Any, options: Any) -> Any:
        """Every member must be defined, every id and type a whole address."""
        expanded = super().expand(input_, options)
        _require_absolute(expanded)
        return expanded


def canonical(document: dict[str, Any]) -> str:
    """The canonical N-Quads of a document, whose contexts must be known. See the module."""
    screen(document)
    with LOCK:
        try:
            return _canonize(document)
        except jsonld.JsonLdError as error:
            raise Refused(f"{UNSIGNED}: {_cause(error)}.") from error


def _canonize(document: dict[str, Any]) -> str:
    # Without a base, an id that is not a whole address stays as it is and is found.
    dataset = _Strict().to_rdf(document, {"documentLoader": contexts.load, "base": None})
    text: str = _Bounded().main(dataset, {"format": "application/n-quads"})
    return text


def _dropped(member: object) -> None:
    raise Refused(f"{UNSIGNED}: {member!r} has no meaning in its contexts.")


def _cause(error: BaseException) -> str:
    """The words of the innermost failure of PyLD."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error.message if isinstance(error, Refused) else str(error).partition("\n")[0]


def _require_absolute(expanded: Any) -> None:
    if isinstance(expanded, list):
        for one in expanded:
            _require_absolute(one)
    elif isinstance(expanded, dict):
        types = expanded.get("@type", [])
        names = [*(types if isinstance(types, list) else [types]), expanded.get("@id", "x:")]
        for name in names:
            if not ABSOLUTE.fullmatch(name):
                raise Refused(f"{UNSIGNED}: {name!r} is not a whole address.")
        for value in expanded.values():
            _require_absolute(value)


def screen(document: dict[str, Any]) -> None:
    """Refuse what JSON says and RDF does not; the credentials inside are looked at one by one."""
    jsons.measure(document)
    _known_contexts(document.get("@context"))
    things: dict[str, Any] = {}
    body = {name: value for name, value in document.items() if name != "@context"}
    for thing in _things(body):
        _members(thing)
        name = thing.get("id")
        if isinstance(name, str) and len(thing) > 1 and things.setdefault(name, thing) != thing:
            raise Refused(f"{UNSIGNED}: {name!r} stands for two different things.")


def _known_contexts(named: object) -> None:
    if not isinstance(named, list) or not named or named[0] != contexts.CREDENTIALS:
        raise Refused("This is not a Verifiable Credential of version 2.")
    for address in named:
        if not isinstance(address, str):
            raise Refused(f"{UNSIGNED}: it brings definitions of its own.")
        contexts.load(address)


def _things(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in `value`, but for signed credentials inside, which are screened apart."""
    if isinstance(value, list):
        for one in value:
            yield from _things(one)
    elif isinstance(value, dict) and "@context" in value:
        screen(value)
    elif isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _things(one)


def _members(thing: dict[str, Any]) -> None:
    for name, value in thing.items():
        if "@" in name or ":" in name:
            raise Refused(f"{UNSIGNED}: {name!r} is not a plain member.")
        for one in value if isinstance(value, list) else [value]:
            _value(name, one)
        if value == []:
            raise Refused(f"{UNSIGNED}: the list {name!r} is empty.")


def _value(name: str, value: object) -> None:
    if value is None or isinstance(value, list):
        raise Refused(f"{UNSIGNED}: {name!r} has an empty value, or a list in a list.")
    if isinstance(value, str) and (jsons.clean(value) != value or value.startswith("_:")):
        raise Refused(f"{UNSIGNED}: there is a control character in {name!r}.")
