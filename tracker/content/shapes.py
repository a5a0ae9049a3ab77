"""What a path's text says once it is read: plain values that know nothing of files or tables."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

HOLE = re.compile(r"\{\{c([1-9][0-9]{0,2})::(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong at a place of the text, and what its author can do about it."""

    file: str
    line: int
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}, {self.do}"


@dataclass(slots=True)
class Report:
    """Collects the faults of one file."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def add(self, line: int, what: str, do: str) -> None:
        """Note a fault on a line, counted from 1."""
        self.faults.append(Fault(self.file, line, what, do))


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who wrote or reviewed; `url` is empty where none is given."""

    name: str
    url: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourceText:
    """Something to read, hear or see about a skill."""

    type: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class NoteText:
    """One `###` block. A basic note has `question` and `answer`, a cloze note only `cloze`."""

    id: str
    kind: Literal["basic", "cloze"]
    question: str
    answer: str
    cloze: str
    why: str
    sources: tuple[str, ...]
    tags: tuple[str, ...]
    python: str
    typed: bool
    accept: tuple[str, ...]
    raises: str
    reverse: bool
    was: tuple[str, ...]
    rev: int
    file: str
    line: int

    @property
    def variants(self) -> tuple[str, ...]:
        """The cards of this note: q, q and r, or the numbers of the clozes as c1, c3 …"""
        if self.kind == "cloze":
            numbers = {int(number) for number, _ in HOLE.findall(self.cloze)}
            return tuple(f"c{number}" for number in sorted(numbers))
        return ("q", "r") if self.reverse else ("q",)

    @property
    def digest(self) -> str:
        """A hash of all the author wrote but the id, the place and `Was:`: it tells an edit."""
        return _hash(
            *(self.kind, self.question, self.answer, self.cloze, self.why, self.sources, self.tags),
            *(self.python, self.typed, self.accept, self.raises, self.reverse, self.rev),
        )

    @property
    def answer_digest(self) -> str:
        """A short hash of the answer alone, the same for any spacing and letter case."""
        holes = sorted(f"c{number} {words}" for number, words in HOLE.findall(self.cloze))
        text = " ".join([self.answer, self.raises, *holes])
        return _hash(" ".join(text.casefold().split()))[:16]


@dataclass(frozen=True, slots=True)
class SkillText:
    """One file under `skills/`: its front matter, its notes for reading, its deck."""

    id: str
    title: str
    summary: str
    importance: str
    level: str
    requires: tuple[str, ...]
    reviewed: date
    resources: tuple[ResourceText, ...]
    contributors: tuple[Contributor, ...]
    notes: str
    cards: tuple[NoteText, ...]
    file: str


@dataclass(frozen=True, slots=True)
class SectionText:
    """An ordered group of skills; `other-path/skill-id` is a skill of another path."""

    id: str
    title: str
    intro: str
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathText:
    """A whole path. `media` holds the bytes of every picture that its text shows, by name."""

    id: str
    title: str
    summary: str
    language: str
    license: str
    version: str
    contributors: tuple[Contributor, ...]
    sections: tuple[SectionText, ...]
    skills: dict[str, SkillText]
    media: dict[str, bytes]
    directory: Path

    @property
    def cards(self) -> tuple[NoteText, ...]:
        """The notes of all skills, in order."""
        return tuple(note for skill in self.skills.values() for note in skill.cards)


def _hash(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
