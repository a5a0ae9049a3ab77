"""Study days in the words of a page."""

from __future__ import annotations

from datetime import date
from typing import Any

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def short(day: int) -> str:
    """As "3 May"."""
    at = date.fromordinal(day)
    return f"{at.day} {at:%b}"


def long(day: int) -> str:
    """As "3 May 2027"."""
    return f"{short(day)} {date.fromordinal(day).year}"


def iso(day: int) -> str:
    """As "2027-05-03", for a field."""
    return date.fromordinal(day).isoformat()


def known(when: dict[str, Any], today: int) -> dict[str, Any]:
    """A section or path with the range of dates on which it will be known, in words."""
    early, likely, late = when["early"], when["likely"], when["late"]
    if likely is not None and likely <= today:
        return when | {"words": "by now", "range": ""}
    if early is None:
        return when | {"words": "not within a year", "range": ""}
    if likely is None:
        return when | {"words": "hardly within a year", "range": f"not before {long(early)}"}
    end = f"to {long(late)}" if late is not None else "or much later"
    return when | {"words": long(likely), "range": f"{long(early)} {end}"}
