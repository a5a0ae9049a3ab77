"""Reads a path's folder: `read` gives the path and every fault, and never raises on any bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tracker.content import files, markdown, notes
from tracker.content.shapes import (
    Contributor as Contributor,
)
from tracker.content.shapes import (
    Fault,
    NoteText,
    PathText,
    Report,
    ResourceText,
    SectionText,
    SkillText,
)
from tracker.content.tables import Table, parse

__all__ = [
    *("Contributor", "Fault", "NoteText", "PathText", "ResourceText", "SectionText"),
    *("SkillText", "read"),
]

FORMAT = 1
LONGEST = 100_000
IMPORTANCE = ("core", "useful", "optional")
LEVELS = ("basic", "intermediate", "advanced")
RESOURCES = (
    *("official", "opensource", "article", "course"),
    *("podcast", "video", "book", "feed"),
)
_PICTURE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]*)")
_MEDIA = re.compile(r"media/([A-Za-z0-9_-][A-Za-z0-9._-]{0,150}\.(?:svg|png|jpg|jpeg|webp))")


class _Reader:
    """One reading of one folder: what was found so far, and the faults of each file."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.reports: list[Report] = []
        self.skills: dict[str, SkillText] = {}
        self.tables: dict[str, Table] = {}
        self.media: dict[str, bytes] = {}

    def report(self, name: str) -> Report:
        self.reports.append(Report(str(self.directory / name)))
        return self.reports[-1]


def read(directory: Path) -> tuple[PathText | None, list[Fault]]:
    """The path in a folder, and all its faults in order of file and line.

    With faults, the path is what could be read of it: good to lint, not to install. None stands
    for a folder that is not there.
    """
    if not directory.is_dir():
        return None, [Fault(str(directory), 1, "there is no such folder", "name a path's folder")]
    reader = _Reader(directory)
    for name in _skill_files(directory):
        _read_skill(reader, name)
    path = _read_path(reader)
    _check_ids(reader, path)
    _check_requires(reader)
    return path, sorted({fault for report in reader.reports for fault in report.faults})


def _skill_files(directory: Path) -> list[str]:
    try:
        return sorted(f"skills/{file.name}" for file in (directory / "skills").glob("*.md"))
    except (OSError, RuntimeError):
        return []


def _read_path(reader: _Reader) -> PathText:
    report = reader.report("path.toml")
    lines = files.lines(reader.directory, "path.toml", report)
    table = parse(lines or [], 1, report)
    table.broken = table.broken or lines is None
    if table.number("format") != FORMAT and not table.broken:
        report.add(table.line("format"), "this format is unknown", f"write format = {FORMAT}")
    path = PathText(
        id=table.name("id") or reader.directory.resolve().name,
        title=table.text("title", 200),
        summary=table.text("summary", 2000, required=False),
        language=table.text("language", 16),
        license=table.text("license", 64),
        version=table.text("version", 32, required=False),
        contributors=table.contributors(),
        sections=tuple(_section(one) for one in table.tables("sections", required=True)),
        skills=reader.skills,
        media=reader.media,
        directory=reader.directory,
    )
    table.end()
    _check_sections(reader, path, table)
    return replace(path, skills=_ordered(path))


def _section(table: Table) -> SectionText:
    section = SectionText(
        id=table.name("id"),
        title=table.text("title", 200),
        intro=table.text("intro", 5000, required=False),
        skills=table.references("skills", required=True),
    )
    table.end()
    return section


def _ordered(path: PathText) -> dict[str, SkillText]:
    listed = [skill for section in path.sections for skill in section.skills]
    order = [*(skill for skill in listed if skill in path.skills), *path.skills]
    return {skill: path.skills[skill] for skill in dict.fromkeys(order)}


def _check_sections(reader: _Reader, path: PathText, table: Table) -> None:
    seen: dict[str, str] = {}
    ids: set[str] = set()
    for one, section in zip(table.tables("sections"), path.sections, strict=True):
        if section.id in ids:
            one.report.add(one.line("id"), f'section "{section.id}" stands twice', "rename one")
        ids.add(section.id)
        for skill in section.skills:
            line = one.lines.of(skill, one.line("skills"))
            if skill in seen:
                one.report.add(line, f'"{skill}" is also in "{seen[skill]}"', "keep one")
            elif "/" not in skill and skill not in reader.skills:
                one.report.add(line, f'unknown skill "{skill}"', f"add skills/{skill}.md")
            seen.setdefault(skill, section.id)
    if not table.broken:
        _check_listed(reader, set(seen))


def _check_listed(reader: _Reader, listed: set[str]) -> None:
    for skill in reader.skills.keys() - listed:
        table = reader.tables[skill]
        table.report.add(1, f'skill "{skill}" is in no section', "list it in path.toml")


def _read_skill(reader: _Reader, name: str) -> None:
    report = reader.report(name)
    lines = files.lines(reader.directory, name, report)
    if lines is None:
        return
    end = _front_matter_end(lines, report)
    table = parse(lines[1 : end - 1], 2, report)
    table.broken = table.broken or end == 0
    stem = Path(name).stem
    cards = _cards_line(lines, end, report)
    skill = _skill(table, stem, "\n".join(lines[end:cards]).strip(), report)
    skill = replace(skill, cards=notes.read(lines, cards + 1, report))
    reader.skills[skill.id] = skill
    reader.tables[skill.id] = table
    _check_pictures(reader, lines, end, report)


def _front_matter_end(lines: list[str], report: Report) -> int:
    """The index of the first line after the front matter; 0 where there is none."""
    if lines[0].rstrip() != "+++":
        report.add(1, "the front matter is missing", "begin the file with a line +++")
        return 0
    for index in range(1, len(lines)):
        if lines[index].rstrip() == "+++":
            return index + 1
    report.add(1, "the front matter does not end", "close it with a line +++")
    return 0


def _cards_line(lines: list[str], start: int, report: Report) -> int:
    """The index of the line `## Cards`; the number of lines where there is none."""
    for index, line in markdown.outside(lines, start):
        if line.rstrip() == notes.HEADING:
            return index
        if "".join(line.split()).casefold() in ("##cards", "#cards", "###cards"):
            report.add(index + 1, f"heading {line.strip()}", f"write {notes.HEADING}")
            return index
    return len(lines)


def _skill(table: Table, stem: str, text: str, report: Report) -> SkillText:
    name = table.name("id") or stem
    if name != stem:
        report.add(table.line("id"), f'"{name}" stands in {stem}.md', f"name the file {name}.md")
    if len(text) > LONGEST:
        report.add(1, f"the notes are over {LONGEST:,} letters", "shorten them")
    skill = SkillText(
        id=stem,
        title=table.text("title", 200),
        summary=table.text("summary"),
        importance=table.choice("importance", IMPORTANCE),
        level=table.choice("level", LEVELS),
        requires=table.references("requires"),
        reviewed=table.day("reviewed"),
        resources=tuple(_resource(one) for one in table.tables("resources", required=True)),
        contributors=table.contributors(),
        notes=text,
        cards=(),
        file=report.file,
    )
    table.end()
    return skill


def _resource(table: Table) -> ResourceText:
    found = ResourceText(table.choice("type", RESOURCES), table.text("title"), table.text("url"))
    if found.url and not re.match(r"https?://[^\s/]", found.url):
        table.report.add(table.line("url"), "url is not an address", "write https://…")
    table.end()
    return found


def _check_pictures(reader: _Reader, lines: list[str], start: int, report: Report) -> None:
    for index, line in markdown.outside(lines, start):
        for words, target in _PICTURE.findall(markdown.prose(line)):
            if not words.strip():
                report.add(index + 1, f"{target[:80]} has no text", "say in [ ] what it shows")
            if not (match := _MEDIA.fullmatch(target)):
                do = "use media/name.svg, .png, .jpg or .webp"
                report.add(index + 1, f'"{target[:80]}" is not in media/', do)
            elif match[1] not in reader.media:
                data = files.load(reader.directory, target, report, index + 1)
                reader.media.update({match[1]: data} if data is not None else {})


def _check_ids(reader: _Reader, path: PathText) -> None:
    seen: dict[str, NoteText] = {}
    for note in path.cards:
        if first := seen.get(note.id):
            where = f"{Path(first.file).name}:{first.line}"
            _add(reader, note, f'card id "{note.id}" is also in {where}', "rename one")
        seen.setdefault(note.id, note)
    claimed: dict[str, NoteText] = {}
    for note in path.cards:
        for old in note.was:
            name = old.removeprefix(f"{path.id}/")
            if name in seen:
                _add(reader, note, f'Was: "{old}" is still a card', "claim only what is gone")
            if name in claimed:
                _add(reader, note, f'Was: "{old}" is claimed twice', "give it to one card")
            claimed[name] = note


def _add(reader: _Reader, note: NoteText, what: str, do: str) -> None:
    report = next(report for report in reader.reports if report.file == note.file)
    report.add(note.line, what, do)


def _check_requires(reader: _Reader) -> None:
    graph: dict[str, list[str]] = {}
    for skill in reader.skills.values():
        table = reader.tables[skill.id]
        graph[skill.id] = [name for name in skill.requires if name in reader.skills]
        for name in skill.requires:
            if "/" not in name and name not in reader.skills:
                line = table.lines.of(name, table.line("requires"))
                table.report.add(line, f'requires unknown skill "{name}"', "add or mend it")
    while cycle := _cycle(graph):
        table = reader.tables[cycle[1]]
        words = " → ".join(cycle[::-1])
        table.report.add(table.line("requires"), f"requires go in a circle: {words}", "cut it")
        graph[cycle[1]].remove(cycle[0])


def _cycle(graph: dict[str, list[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
