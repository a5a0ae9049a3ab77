"""Small paths as text, written into a folder with only the words that matter."""

from __future__ import annotations

import json
from pathlib import Path

from tracker.content import text
from tracker.content.shapes import Fault, NoteText, PathText

SOURCE = "Source: https://example.org/page"
NOTES = " ".join(f"word{number}" for number in range(90))


def card(name: str, question: str = "", answer: str = "Forty.", *fields: str) -> str:
    """A basic card with a source; further fields as they are written."""
    question = question or f"What is the value of {name}?"
    lines = [f"### {name}", f"Q: {question}", f"A: {answer}", *fields, SOURCE]
    return "\n".join(lines) + "\n"


def cloze(name: str, sentence: str, *fields: str) -> str:
    """A cloze card with a source."""
    return "\n".join([f"### {name}", f"C: {sentence}", *fields, SOURCE]) + "\n"


def skill(name: str, *cards: str, notes: str = NOTES, more: str = "") -> str:
    """A skill file; `more` are further lines of its front matter."""
    lines = [
        *("+++", f'id = "{name}"', f'title = "The {name}"', 'summary = "One sentence."'),
        *('importance = "core"', 'level = "basic"', "reviewed = 2026-11-23", more),
        *("[[resources]]", 'type = "official"', 'title = "Page"'),
        *('url = "https://example.org/page"', "+++", "", notes, "", "## Cards", ""),
    ]
    return "\n".join(lines) + "\n" + "\n".join(cards)


def toml(sections: dict[str, list[str]], name: str = "demo") -> str:
    """The path.toml of a path with these sections and their skills."""
    head = ["format = 1", f'id = "{name}"', f'title = "Path {name}"']
    head += ['language = "en"', 'license = "CC0-1.0"', 'version = "1"']
    for section, skills in sections.items():
        head += ["[[sections]]", f'id = "{section}"', f'title = "Section {section}"']
        head += [f"skills = {json.dumps(skills)}"]
    return "\n".join(head) + "\n"


def write(folder: Path, skills: dict[str, str], path: str | None = None) -> Path:
    """Write the files of a path; without a path.toml its skills stand in one section."""
    (folder / "skills").mkdir(parents=True, exist_ok=True)
    for file in (folder / "skills").iterdir():
        file.unlink()
    for name, words in skills.items():
        (folder / "skills" / f"{name}.md").write_text(words)
    (folder / "path.toml").write_text(toml({"first": list(skills)}) if path is None else path)
    return folder


def read(folder: Path) -> PathText:
    """The path in a folder that must be without faults."""
    path, faults = text.read(folder)
    assert path is not None and faults == [], [str(fault) for fault in faults]
    return path


def one_note(folder: Path, block: str) -> NoteText:
    """The only note of a path with one skill."""
    (note,) = read(write(folder, {"gil": skill("gil", block)})).cards
    return note


def faults_of(folder: Path) -> list[Fault]:
    """What reading a folder complains about."""
    return text.read(folder)[1]
