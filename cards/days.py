"""Study days: a learner's local day, from the roll-over hour to the next one.

A study day is a number, the ordinal of its date. It begins when the wall clock of the learner's
zone first shows the roll-over hour on that date, so every day has exactly one start, whatever the
zone does with its clocks. A date that a zone left out is a study day of no length.
"""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name such as "Europe/Berlin"; ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"There is no time zone called {name!r}.") from error


@lru_cache(maxsize=16384)
def start(day: int, zone: str, rollover: int) -> datetime:
    """The first instant, in UTC, of the study day `day` for a roll-over hour 0 to 23.

    Starts never run backwards: `start(day) <= start(day + 1)`.
    """
    local = datetime.combine(date.fromordinal(day), time(rollover), _zone(zone))
    return local.astimezone(UTC)


def of(at: datetime, zone: str, rollover: int) -> int:
    """The study day that holds the instant `at`: `start(day) <= at < start(day + 1)`.

    Raises ValueError for a naive time.
    """
    if at.tzinfo is None:
        raise ValueError("A study day needs a time with a time zone.")
    local = at.astimezone(_zone(zone))
    day = local.toordinal() - (local.hour < rollover)
    # Where clocks are turned, the wall clock may show an hour of the day before or after.
    while at < start(day, zone, rollover):
        day -= 1
    while at >= start(day + 1, zone, rollover):
        day += 1
    return day


_zone = zone  # the parameters above are called `zone` too


def words(day: int) -> str:
    """The date of a study day, as "3 May 2026"."""
    at = date.fromordinal(day)
    return f"{at.day} {at:%B %Y}"


@lru_cache(maxsize=1)
def zones() -> list[str]:
    """The names of all time zones, for choosing one."""
    return sorted(name for name in available_timezones() if not name.startswith("posix"))
