"""What an installation changed, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

SHOWN = 20


@dataclass(slots=True)
class Changes:
    """The keys of what changed, cards as `path/card/variant`; false when nothing did.

    A card stands in at most one of `added`, `revived`, `retired`, `meaning` (its `Rev:` was
    raised) and `edited`; besides, it may be `moved` to another skill. `renamed` holds notes as
    `old → new`, and `details` counts the rest: titles, order, links, pictures, newer HTML.
    """

    path: str
    added: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    meaning: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    revived: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    sections_added: list[str] = field(default_factory=list)
    sections_retired: list[str] = field(default_factory=list)
    skills_added: list[str] = field(default_factory=list)
    skills_retired: list[str] = field(default_factory=list)
    details: int = 0

    def __bool__(self) -> bool:
        return bool(self.details or any(keys for _, keys in self._groups()))

    def __str__(self) -> str:
        lines = [_line(words, keys) for words, keys in self._groups() if keys]
        if self.details:
            lines.append(f"  {self.details} other details changed")
        return "\n".join([f"{self.path}:", *lines]) if lines else f"{self.path}: nothing changed"

    def _groups(self) -> Iterator[tuple[str, list[str]]]:
        yield "sections added", self.sections_added
        yield "sections retired", self.sections_retired
        yield "skills added", self.skills_added
        yield "skills retired", self.skills_retired
        yield "cards added", self.added
        yield "cards edited, schedules kept", self.edited
        yield "cards with a new meaning, due now", self.meaning
        yield "cards moved", self.moved
        yield "cards retired, histories kept", self.retired
        yield "cards revived", self.revived
        yield "cards renamed", self.renamed


def _line(words: str, keys: list[str]) -> str:
    shown = ", ".join(keys[:SHOWN]) + (", …" if len(keys) > SHOWN else "")
    return f"  {len(keys)} {words}: {shown}"


def assign(row: object, **values: object) -> bool:
    """Set what differs, so that an unchanged row is not written; whether anything did."""
    different = {name: new for name, new in values.items() if getattr(row, name) != new}
    for name, new in different.items():
        setattr(row, name, new)
    return bool(different)
