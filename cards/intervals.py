"""Intervals in words: short for buttons, long for screen readers."""

import math
from datetime import datetime

from cards import days
from cards.scheduler import Memory, State

MINUTE, HOUR, DAY, MONTH, YEAR = 60, 3600, 86400, 30 * 86400, 365 * 86400


def short(memory: Memory, at: datetime) -> str:
    """When the card comes back after the answer at `at`: `<1m`, `10m`, `3h`, `12d`, `2.3mo`."""
    number, unit = _measure(_seconds(memory, at))
    return f"{number:g}{unit}" if number else "<1m"


def words(memory: Memory, at: datetime) -> str:
    """The same to be read aloud: "10 minutes", "1 day", "2.3 months"."""
    number, unit = _measure(_seconds(memory, at))
    return _spelt(number, unit) if number else "less than a minute"


def span(number: int) -> str:
    """So many days in words: "12 days", "2.3 months"; "the same day" for none."""
    return _spelt(*_measure(number * DAY)) if number else "the same day"


def until(due: datetime, now: datetime, zone: str, rollover: int) -> str:
    """When a card comes, seen from now: "now", "in 7 minutes", "tomorrow", "in 3 days".

    Days are the learner's calendar days, as people speak of them; what comes before the study
    day or the date ends is told in hours.
    """
    seconds = (due - now).total_seconds()
    if seconds <= 0:
        return "now"
    if seconds < HOUR - MINUTE:
        return "in " + _spelt(math.ceil(seconds / MINUTE), "m")
    place = days.zone(zone)
    dates = due.astimezone(place).toordinal() - now.astimezone(place).toordinal()
    if dates <= 0 or days.of(due, zone, rollover) == days.of(now, zone, rollover):
        return "in " + _spelt(round(seconds / HOUR), "h")
    return "tomorrow" if dates == 1 else "in " + _spelt(*_measure(dates * DAY))


def _spelt(number: float, unit: str) -> str:
    name = {"m": "minute", "h": "hour", "d": "day", "mo": "month", "y": "year"}[unit]
    return f"{number:g} {name}" if number == 1 else f"{number:g} {name}s"


def _seconds(memory: Memory, at: datetime) -> float:
    # A Review card is due when a study day begins: its interval is days, not the hours until then.
    if memory.state == State.Review:
        return memory.interval * DAY
    return (memory.due - at).total_seconds()


def _measure(seconds: float) -> tuple[float, str]:
    # Each unit takes over where the one below would round up to it, so 59.7 minutes are an hour.
    if seconds < MINUTE:
        return 0, "m"
    if round(seconds / MINUTE) < 60:
        return round(seconds / MINUTE), "m"
    if round(seconds / HOUR) < 24:
        return round(seconds / HOUR), "h"
    if round(seconds / DAY) < 30:
        return round(seconds / DAY), "d"
    if seconds < YEAR:
        return round(seconds / MONTH, 1), "mo"
    return round(seconds / YEAR, 1), "y"
