"""The `Python:` field: comparisons like `>=3.11` or `>=3.8, <3.13`, of which all must hold."""

from __future__ import annotations

import operator
import re

_PART = re.compile(r"(>=|<=|==|!=|>|<)\s*(3(?:\.[0-9]{1,3}){0,2})(\.\*)?")
_COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


def valid(spec: str) -> bool:
    """Whether the text is a list of comparisons; `.*` goes with == and != only."""
    return all(_valid(part.strip()) for part in spec.split(","))


def holds(spec: str, version: tuple[int, ...]) -> bool:
    """Whether a version such as (3, 13, 0) is meant; an empty text means every version."""
    return not spec or all(_holds(part.strip(), version) for part in spec.split(","))


def _valid(part: str) -> bool:
    match = _PART.fullmatch(part)
    return match is not None and (not match[3] or match[1] in ("==", "!="))


def _holds(part: str, version: tuple[int, ...]) -> bool:
    match = _PART.fullmatch(part)
    if match is None:
        return False
    wanted = tuple(int(number) for number in match[2].split("."))
    length = len(wanted) if match[3] else 3
    return bool(_COMPARE[match[1]](_fill(version, length), _fill(wanted, length)))


def _fill(version: tuple[int, ...], length: int) -> tuple[int, ...]:
    return (*version, 0, 0, 0)[:length]
