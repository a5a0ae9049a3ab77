"""Reads TOML tables key by key, so that every key that is wrong, missing or unknown is named."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from typing import Any

from tracker.content.files import check_characters
from tracker.content.shapes import Contributor, Report

ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")
SKILL_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")
SKILL_REFERENCE = re.compile(rf"(?:{SKILL_ID.pattern}/)?{SKILL_ID.pattern}")
_AT_LINE = re.compile(r"at line (\d+)")
_HEADER = re.compile(r"\s*\[\[?\s*\"?([A-Za-z0-9_-]+)")
_KEY = re.compile(r"\s*\"?([A-Za-z0-9_-]+)\"?\s*=")


class Lines:
    """On which line each key of a TOML text stands, as far as a glance can tell."""

    def __init__(self, lines: list[str], first: int = 1) -> None:
        self.lines = lines
        self.first = first
        self.keys: dict[tuple[str, int, str], int] = {}
        self._scan()

    def _scan(self) -> None:
        table, seen = "", dict[str, int]()
        for number, line in enumerate(self.lines, self.first):
            if header := _HEADER.match(line):
                table = header[1]
                seen[table] = seen.get(table, -1) + 1
                self.keys.setdefault((table, seen[table], ""), number)
            elif key := _KEY.match(line):
                self.keys.setdefault((table, seen.get(table, 0), key[1]), number)

    def of(self, value: str, start: int) -> int:
        """The first line at or after `start` that holds the value in quotes, else `start`."""
        for number in range(start, self.first + len(self.lines)):
            line = self.lines[number - self.first]
            if f'"{value}"' in line or f"'{value}'" in line:
                return number
        return start


class Table:
    """One TOML table. Each getter reports what is wrong and gives an empty value instead.

    A table that stands for a text which is no TOML at all (`broken`) reports nothing more.
    """

    def __init__(
        self, values: dict[str, Any], lines: Lines, report: Report, at: tuple[str, int] = ("", 0)
    ) -> None:
        self.values = values
        self.lines = lines
        self.report = report
        self.at = at
        self.broken = False
        self.asked: set[str] = set()

    def line(self, key: str = "") -> int:
        """The line of a key, or of the table itself."""
        places = ((*self.at, key), (key, 0, ""), (*self.at, ""), ("", 0, self.at[0]))
        found = (self.lines.keys.get(place) for place in places)
        return next((number for number in found if number), self.lines.first)

    def get(self, key: str, kind: type, words: str, required: bool) -> Any:
        """The value if it has the type, else None; `words` names the type in the fault."""
        self.asked.add(key)
        value = self.values.get(key)
        if value is None and required and not self.broken:
            self.report.add(self.line(), f"{key} is missing", f"add {key} = {words}")
        elif value is not None and (type(value) is not kind):
            self.report.add(self.line(key), f"{key} is not {words}", f"write {key} = {words}")
            return None
        return value

    def text(self, key: str, limit: int = 1000, *, required: bool = True) -> str:
        """A text of at most `limit` characters, stripped; required means not empty."""
        value = self.get(key, str, 'a "text"', required)
        if value is None:
            return ""
        check_characters(value, self.line(key), self.report)
        if required and not value.strip():
            self.report.add(self.line(key), f"{key} is empty", "write a text")
        if len(value) > limit:
            self.report.add(self.line(key), f"{key} is over {limit} letters", "shorten it")
        return str(value.strip())

    def choice(self, key: str, among: tuple[str, ...]) -> str:
        """One of the given words."""
        value = self.text(key)
        if value and value not in among:
            self.report.add(
                self.line(key), f'{key} "{value}" is unknown', f"use one of {', '.join(among)}"
            )
        return value

    def name(self, key: str, pattern: re.Pattern[str] = SKILL_ID) -> str:
        """An id, such as `gil`."""
        value = self.text(key)
        if value and not pattern.fullmatch(value):
            self.report.add(
                self.line(key), f'"{value}" is not an id', "use up to 64 of a-z, 0-9 and -"
            )
        return value

    def day(self, key: str) -> date:
        """A date without time; the first of all days where there is none."""
        value = self.get(key, date, "a date like 2026-11-23", True)
        return value if isinstance(value, date) and not isinstance(value, datetime) else date.min

    def number(self, key: str) -> int:
        """A whole number, 0 where there is none."""
        value = self.get(key, int, "a whole number", True)
        return int(value or 0)

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        values = self.get(key, list, 'a list of "texts"', required) or []
        good = tuple(value for value in values if isinstance(value, str))
        if len(good) < len(values):
            self.report.add(self.line(key), f"{key} holds more than texts", 'write ["…", "…"]')
        for value in good:
            check_characters(value, self.line(key), self.report)
        return good

    def references(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of skills: ids of this path, or `other-path/skill-id`; each once."""
        found: list[str] = []
        for value in self.texts(key, required=required):
            line = self.lines.of(value, self.line(key))
            if not SKILL_REFERENCE.fullmatch(value):
                self.report.add(line, f'"{value}" is not a skill id', "use a-z, 0-9 and -")
            elif value in found:
                self.report.add(line, f'"{value}" is listed twice', "remove one")
            else:
                found.append(value)
        return tuple(found)

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """The tables `[[key]]`, in order."""
        values = self.get(key, list, f"tables [[{key}]]", required) or []
        if not all(isinstance(value, dict) for value in values):
            self.report.add(self.line(key), f"{key} holds more than tables", f"write [[{key}]]")
        elif required and not values and key in self.values:
            self.report.add(self.line(key), f"{key} is empty", f"add [[{key}]]")
        return [
            Table(value, self.lines, self.report, (key, index))
            for index, value in enumerate(values)
            if isinstance(value, dict)
        ]

    def contributors(self) -> tuple[Contributor, ...]:
        """The tables `[[contributors]]`."""
        return tuple(_contributor(table) for table in self.tables("contributors"))

    def end(self) -> None:
        """Every key that nobody asked for is a fault."""
        for key in self.values.keys() - self.asked:
            self.report.add(
                self.line(key), f'unknown key "{key[:40]}"', f"use one of {', '.join(self.asked)}"
            )


def parse(lines: list[str], first: int, report: Report) -> Table:
    """The root table of a TOML text whose first line is line `first` of its file."""
    table = Table({}, Lines(lines, first), report)
    try:
        table.values = tomllib.loads("\n".join(lines) + "\n")
    except (ValueError, RecursionError) as error:
        table.broken = True
        found = _AT_LINE.search(str(error))
        line = first - 1 + int(found[1]) if found else first + max(len(lines) - 1, 0)
        words = str(error).split(" (at ")[0] or "nested too deeply"
        report.add(line, f"not TOML: {words[:100]}", "mend the line")
    return table


def _contributor(table: Table) -> Contributor:
    found = Contributor(
        table.text("name", 200), table.text("url", required=False), table.texts("roles")
    )
    table.end()
    return found
